"""Right answers to question 3, differently written; each gets every point."""

import numpy as np
import torch


def torch_qr(J, dt, skip):
    """Tensors and torch's QR."""
    maps = torch.as_tensor(J)
    frame = torch.eye(maps.shape[-1], dtype=maps.dtype)
    total = torch.zeros(maps.shape[-1], dtype=maps.dtype)
    for k, matrix in enumerate(maps):
        frame, upper = torch.linalg.qr(matrix @ frame)
        if k >= skip:
            total = total + upper.diagonal().abs().log()
    return torch.sort(total / (dt * (len(maps) - skip)), descending=True).values


def gram_schmidt(J, dt, skip):
    """Modified Gram-Schmidt by hand."""
    n, d, _ = J.shape
    arrows, total = [row.copy() for row in np.eye(d)], np.zeros(d)
    for k in range(n):
        arrows = [J[k] @ arrow for arrow in arrows]
        for i in range(d):
            length = np.sqrt(arrows[i] @ arrows[i])
            arrows[i] = arrows[i] / length
            for j in range(i + 1, d):
                arrows[j] = arrows[j] - (arrows[i] @ arrows[j]) * arrows[i]
            if k >= skip:
                total[i] += np.log(length)
    return sorted(total / (dt * (n - skip)), reverse=True)


def every_fifth(J, dt, skip):
    """QR after every fifth map, and at the skip."""
    n, d, _ = J.shape
    frame, total = np.eye(d), np.zeros(d)
    for k in range(n):
        frame = J[k] @ frame
        if k % 5 == 4 or k + 1 in (skip, n):
            frame, upper = np.linalg.qr(frame)
            if k >= skip:
                total += np.log(np.abs(np.diag(upper)))
    return np.sort(total / ((n - skip) * dt))[::-1]


def random_frame_float32(J, dt, skip):
    """Another first frame, single precision."""
    maps = J.astype(np.float32)
    frame = np.linalg.qr(np.random.default_rng(5).normal(size=maps.shape[1:]).astype(np.float32))[0]
    logs = []
    for matrix in maps:
        frame, upper = np.linalg.qr(matrix @ frame)
        logs.append(np.log(np.abs(np.diagonal(upper))))
    return np.sort(np.mean(logs[skip:], axis=0) / np.float32(dt))[::-1]
