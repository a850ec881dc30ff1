"""From a folder of submissions to fair marks: collect, deal, run, judge, record, feedback, export."""
