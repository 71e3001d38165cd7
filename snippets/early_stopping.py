"""Early stopping: end the training when the validation loss has not improved for a while, and go back to the best.

`losses`: the validation loss after each epoch. `patience`: epochs without a new best before it stops. `margin`: how
much better counts as better. The training loss would not do: it goes on falling while the network overfits.
Source: L. Prechelt, Early Stopping - But When?, 1998.
"""


def stop(losses: list[float], patience: int, margin: float = 0.0) -> tuple[int, int]:
    """Return the epoch at which training ends and the epoch whose weights are kept, both counted from 1."""
    best, kept = losses[0], 1
    for epoch, loss in enumerate(losses[1:], start=2):
        if loss < best - margin:
            best, kept = loss, epoch
        elif epoch - kept >= patience:
            return epoch, kept
    return len(losses), kept


losses = [0.90, 0.60, 0.45, 0.47, 0.44, 0.46, 0.48, 0.43, 0.52]
for patience in (1, 2, 3):
    ended, kept = stop(losses, patience)
    print(f"patience {patience}: stops after epoch {ended}, keeps epoch {kept} with loss {losses[kept - 1]:.2f}")
