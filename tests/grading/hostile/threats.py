"""Which entry and which test answers to which threat; a test checks that each of them is there, and that none is idle.

A name without ``::`` is an entry of the corpus, one with it a test, its file below ``tests``. Threats of a first rank
give points or the grader's machine away, or cost many honest students marks; those of the second let one student gain
or lose a question.
"""

FIRST = {
    "the server is the way out": ("finds-the-server", "counts-descriptors", "reads-other-memory", "signals-others"),
    "sockets with a path": ("connects-to-a-path", "reads-secrets-of-the-machine"),
    "the library's memory and files": ("imports-closed-parts", "imports-the-grader", "imports-the-reference"),
    "the library's source pasted": ("assignments/test_matrix.py::test_the_library_has_no_ready_answer",),
    "work under another's name": ("in-anothers-name", "a-zip-that-climbs"),
    "honest work in cells of its own": ("grading/test_corpus.py::test_a_right_answer_keeps_its_marks",),
    "newer Pythons": ("grading/test_run.py::test_a_newer_pythons_syntax_is_not_the_students_fault",),
    "our faults as a student's zero": (
        "grading/test_faults.py::test_a_judge_that_fails_costs_its_question_alone_and_stops_the_export",
        "grading/test_faults.py::test_a_full_disk_stops_the_run_and_loses_nothing",
    ),
    "killed and resumed": (
        "grading/test_faults.py::test_a_run_killed_at_a_random_moment_is_resumed_as_if_nothing_had_been",
        "grading/test_faults.py::test_fifty_kills",
    ),
    "pages that run scripts": (
        *("html-in-the-written-answer", "html-in-notes", "html-in-outputs", "html-in-an-error"),
        *("pictures-that-are-none", "grading/test_hostile.py::test_no_page_runs_anything"),
    ),
    "messages that hurt": (
        *("unknown-tag", "endless-frame", "half-a-frame", "broken-bytes-for-names", "record-of-sixty-megabytes"),
        *("frames-without-end", "prints-without-end", "figures-without-end", "errors-without-end", "channel-closed"),
        *("done-before-its-record", "done-again-and-again", "child-speaks-on-the-channel", "forked-in-two"),
        *("descriptors-through-the-channel", "brackets-without-end", "code-without-end", "json-without-end"),
    ),
    "memory that no limit sees": (
        *("memory-of-its-own", "memory-of-torch", "memory-shared-among-children", "memory-of-ten-children"),
        *("memory-without-a-name", "memory-in-folders", "memory-of-sockets", "memory-of-shared-segments"),
        "memory-of-page-tables",
        "files-without-end",
    ),
    "one student starves the next": (
        *("forks-without-end", "threads-without-end", "spins-in-threads"),
        "grading/test_hostile.py::test_no_victim_loses_a_mark",
    ),
    "an earlier question rewritten": ("record-from-a-thread-later", "record-with-an-old-nonce"),
    "forged records": (
        *("record-ahead-of-its-question", "two-records", "record-with-a-made-up-nonce", "wire-replaced"),
        *("record-instead-of-an-answer", "thread-asks-first"),
    ),
    "answers known beforehand": (
        "constants-and-inputs",
        "assignments/test_matrix.py::test_answers_without_work_earn_next_to_nothing",
    ),
    "tolerances that swallow": ("zeros", "shapes-that-stretch", "comparison-replaced"),
    "secrets of the environment": ("reads-the-environment", "reads-the-process-table", "reads-other-memory"),
    "inherited descriptors": ("counts-descriptors", "grading/test_run.py::test_what_a_worker_sees"),
    "one cell costs all": (
        *("exits-the-process", "exits-in-the-last-case", "kills-itself", "stops-itself", "crashes", "recurses"),
        *("loops-and-catches-everything", "recurses-in-compiled-code", "reads-where-nothing-is", "ends-it-later"),
        *("every-event-fails", "the-shell-is-taken-apart"),
    ),
    "state of an honest student": (
        "grading/test_probe.py::test_what_an_honest_notebook_changes_is_undone_for_the_second_try",
    ),
    "a place that is not Colab": ("grading/test_stand_ins.py::test_every_part_of_colab_does_nothing",),
    "one failing line": ("grading/test_run.py::test_what_follows_a_failing_line_still_runs",),
    "cases before students' eyes": (
        *("cases-in-the-notebook", "cases-in-an-error"),
        "grading/test_hostile.py::test_no_page_shows_a_case_or_a_place_of_this_machine",
    ),
    "feedback as an oracle": ("grading/test_deal.py::test_every_word_counts",),
    "predictable cases": ("grading/test_deal.py::test_the_key_is_made_once_and_for_its_owner_alone",),
    "nbgrader by hand": (
        "metadata-of-another-time",
        "grading/test_nbgrader.py::test_it_refuses_without_walls_and_it_refuses_raw_files",
        "grading/test_nbgrader.py::test_stock_execute_stops_at_the_kernels_name",
    ),
    "code beside the notebook": ("among-files-that-would-run", "start-up-files", "a-plants", "commands-in-every-form"),
    "the gradebook and others' work": (
        *("rewrites-the-gradebook", "reads-other-students-work", "reads-the-reference", "walks-the-disk"),
        *("climbs-out-by-links", "grading/test_hostile.py::test_only_the_machine_wrote_points"),
    ),
    "the network": ("connects-out", "sends-a-datagram", "grading/test_hostile.py::test_nothing_outside_was_reached"),
    "the host's files and processes": (
        *("writes-outside", "writes-into-the-view", "kills-everybody", "lives-on", "devices-and-terminals"),
        *("b-finds-what-was-planted", "runs-when-all-is-over"),
    ),
}

SECOND = {
    "cases in a cell's source": ("reads-history", "transformers-see-the-probe"),
    "questions in the student's process": ("walks-frames-and-memory",),
    "arguments kept and changed": ("arguments-are-spoiled", "right-for-one-case"),
    "answers of another question": ("answers-of-another-question", "one-function-for-two-questions"),
    "questions asked out of turn": ("asks-for-a-later-question", "asks-twice"),
    "outputs from before": ("answers-already-there",),
    "work in a thread beside the clock": ("grading/test_run.py::test_children_count_and_die_with_their_worker",),
    "tricks of subclasses": (
        *("equals-everything", "array-that-equals-everything", "tensor-that-equals-everything"),
        *("containers-that-lie", "numbers-that-change", "pickled-on-the-way"),
        "grading/test_wire.py::test_tricks_of_subclasses_are_not_called",
    ),
    "sizes that lie": (
        *("record-of-a-huge-shape", "answers-without-end"),
        "grading/test_wire.py::test_bombs_are_refused_before_anything_is_allocated",
    ),
    "numbers that are none": ("no-numbers", "of-another-kind"),
    "empty or infinite references": ("assignments/test_guard.py::test_a_miss_is_counted_in_tolerances",),
    "right answers of another form": ("assignments/test_matrix.py::test_right_answers_get_every_point",),
    "trivial properties": ("grading/test_judge.py::test_a_trivial_property_does_not_count_alone", "two-guesses"),
    "words as an oracle": ("assignments/test_messages.py::test_every_figure_in_a_sentence_is_the_students_own",),
    "points in metadata": ("points-in-metadata", "templates-in-every-field"),
    "one name on two cells": ("its-own-probe",),
    "older versions": ("grading/test_collect.py::test_bad_files_are_put_aside_and_stop_nobody",),
    "magics": ("grading/test_magics.py::test_what_is_no_command_stays_as_it_is", "commands-in-every-form"),
    "names of the course": ("assignments/test_release.py::test_given_cells_bind_no_names_that_students_use",),
    "luck of a seed": ("grading/test_run.py::test_random_numbers_start_alike_in_every_run",),
    "the clock under load": (
        "grading/test_run.py::test_sleeping_is_stopped_by_the_clock_and_to_be_run_again_alone",
        "waits-for-ever",
    ),
    "processor time": ("loops", "loops-in-its-cell", "grading/test_run.py::test_own_cells_share_what_they_have"),
    "exits": ("exits-politely",),
    "namespaces of its own": ("mounts-and-namespaces",),
    "calls of the kernel": ("calls-of-the-kernel", "calls-by-other-numbers", "calls-of-32-bits"),
    "odd input to the judge": ("grading/test_judge.py::test_an_exception_in_judging_is_ours",),
    "the terminal": (
        "terminal-codes-in-an-error",
        "grading/test_hostile.py::test_the_terminal_and_the_table_show_text_and_nothing_else",
    ),
    "archives": ("a-zip-with-a-link", "a-zip-that-swells", "a-zip-with-twins"),
    "formulas in tables": (
        "formulas-in-an-error",
        "grading/test_pages.py::test_no_cell_of_the_table_is_a_formula",
        "grading/test_hostile.py::test_everybody_has_an_id_that_nothing_takes_for_its_own",
    ),
    "times that students write": ("grading/test_late.py::test_times_as_systems_write_them",),
    "two graders at once": ("grading/test_grade.py::test_two_runs_do_not_write_at_the_same_time",),
    "manual grades overwritten": (
        "grading/test_grade.py::test_a_changed_submission_is_run_again_and_manual_grades_survive",
    ),
    "rules changed in the middle": ("grading/test_judging.py::test_questions_that_change_under_it_stop_the_run",),
}
