"""Ways to prune the small CNN. Each takes a trained network, leaves it as it is, and returns a pruned copy.

Unstructured kinds mask single weights, never biases. The structured one builds a network with fewer channels and
neurons, so its tensors are smaller. It keeps in each hidden layer the share sqrt(1 - level) of the units, those with
the largest L2 norm of their incoming weights: a weight is left when both of its ends are, so that about 1 - level of
all weights remain, as many as the other kinds keep.
"""

import copy
import math

import torch
from _cnn import WIDTHS, SmallCNN, prunable, repeatable
from torch import Tensor, nn
from torch.nn.utils import prune


def globally(trained: SmallCNN, level: float) -> SmallCNN:
    """Mask the smallest `level` per cent of all weights, by one threshold for all layers."""
    model = copy.deepcopy(trained)
    prune.global_unstructured(prunable(model), pruning_method=prune.L1Unstructured, amount=level / 100)
    return model


def by_layer(trained: SmallCNN, level: int) -> SmallCNN:
    """Mask the smallest `level` per cent of each layer's weights."""
    model = copy.deepcopy(trained)
    for layer, name in prunable(model):
        prune.l1_unstructured(layer, name, level / 100)
    return model


def at_random(trained: SmallCNN, level: int, seed: int) -> SmallCNN:
    """Mask `level` per cent of each layer's weights, drawn by chance."""
    model = copy.deepcopy(trained)
    with repeatable(seed):
        for layer, name in prunable(model):
            prune.random_unstructured(layer, name, level / 100)
    return model


def by_units(trained: SmallCNN, level: int) -> SmallCNN:
    """Build the smaller network of the strongest channels and neurons."""
    share = math.sqrt(1 - level / 100)
    first, second, hidden = (round(share * width) for width in WIDTHS)
    stay1, stay2 = _strongest(trained.conv1.weight, first), _strongest(trained.conv2.weight, second)
    stay3 = _strongest(trained.fc1.weight, hidden)
    model = SmallCNN((first, second, hidden))
    # fc1 reads 16 places of each channel of conv2
    by_channel = trained.fc1.weight.view(WIDTHS[2], WIDTHS[1], 16)
    with torch.no_grad():
        model.conv1.weight.copy_(trained.conv1.weight[stay1])
        model.conv1.bias.copy_(trained.conv1.bias[stay1])
        model.conv2.weight.copy_(trained.conv2.weight[stay2][:, stay1])
        model.conv2.bias.copy_(trained.conv2.bias[stay2])
        model.fc1.weight.copy_(by_channel[stay3][:, stay2].flatten(1))
        model.fc1.bias.copy_(trained.fc1.bias[stay3])
        model.fc2.weight.copy_(trained.fc2.weight[:, stay3])
        model.fc2.bias.copy_(trained.fc2.bias)
    return model


def weights_left(model: SmallCNN) -> int:
    """Count the weights that masks or missing units leave; biases are not counted."""
    return sum(_left(layer) for layer, _ in prunable(model))


def _strongest(weight: Tensor, count: int) -> Tensor:
    norms = weight.detach().flatten(1).norm(dim=1)
    return norms.argsort(descending=True, stable=True)[:count].sort().values


def _left(layer: nn.Module) -> int:
    mask = getattr(layer, "weight_mask", None)
    return int(mask.sum().item()) if mask is not None else int(layer.weight.numel())
