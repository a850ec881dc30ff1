"""The directions in which states vary most: principal components."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.sampled import tensor
from course_lib.shapes import State
from course_lib.validation import check_count, check_finite, check_float64, check_shape, complaint


@dataclass(frozen=True)
class PrincipalComponents:
    """Orthogonal directions in order of the variance along them.

    axes: (k, dim), unit vectors; the sign of each is such that its largest entry is positive.  mean: (dim,).
    explained: (k,), share of the total variance along each.
    """

    axes: Tensor
    mean: Tensor
    explained: Tensor

    def project(self, x: State) -> Tensor:
        """Coordinates (..., k) of states (..., dim)."""
        return (check_shape("x", x, f"... {len(self.mean)}") - self.mean) @ self.axes.T


@torch.no_grad()
def principal_components(x: State, k: int = 3) -> PrincipalComponents:
    """The first k principal components of states, by scikit-learn.

    x: (n, dim) or (batch, time, dim), float64; all states count alike, whatever their trial.  A picture of them is a
    shadow: what lies along the other directions is not seen, and `explained` says how much that is.
    Jolliffe 2002, Principal Component Analysis, section 2.
    Taught on the page "Cognitive tasks, line and ring attractors".
    """
    from sklearn.decomposition import PCA

    check_finite("x", check_shape("x", check_float64("x", x), "... n dim"))
    states = x.detach().reshape(-1, x.shape[-1])
    most = min(states.shape)
    if check_count("k", k) > most:
        raise complaint("k", wanted=f"at most {most}", got=str(k), do="Take fewer components, or more states.")
    if bool((states == states[:1]).all()):
        raise complaint("x", wanted="states that vary", got="one state, repeated", do="There is no direction to find.")
    found = PCA(n_components=k, svd_solver="full").fit(states.cpu().numpy())
    axes = tensor(found.components_)
    largest = axes.gather(1, axes.abs().argmax(dim=1, keepdim=True))
    return PrincipalComponents(axes * largest.sign(), tensor(found.mean_), tensor(found.explained_variance_ratio_))
