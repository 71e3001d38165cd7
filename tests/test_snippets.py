"""Snippets: what they print, what their functions promise, and torch as the oracle where it has the operation."""

import ast
import json
import math
import re
import runpy
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

FOLDER = Path(__file__).parents[1] / "snippets"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
GENERATED = {"phone_recipe", "pruning_sweep"}

PRINTED = {
    "adam_step": "step 1 changes the weights by [-0.001, -0.001]\nstep 2 changes the weights by [-0.000266, -0.001]\n",
    "amdahl": (
        "convolutions are 80 % of the time and get 2 times faster: whole 1.67 times\n"
        "convolutions are 80 % of the time and get 4 times faster: whole 2.50 times\n"
        "convolutions are 80 % of the time and get 1000 times faster: whole 4.98 times\n"
    ),
    "calibrate_entropy": ("keeps 144 of 512 bins and clips 150 of 205035 values\n"),
    "calibrate_percentile": (
        "100 %: limit 51, mean error of the ordinary values 0.050\n"
        "99.9 %: limit 1, mean error of the ordinary values 0.001\n"
    ),
    "csr_format": (
        "values [5.0, 7.0, -1.0] columns [1, 0, 2] starts [0, 1, 1, 3]\n"
        "float32, 32-bit columns: pays above 50.1% zeros\n"
        "int8, 16-bit columns: pays above 66.9% zeros\n"
    ),
    "depthwise_separable": (
        "standard: 73728 parameters, 14450688 MACs\nseparable: 8768 parameters, 1718528 MACs\nratio 0.1189 = 0.1189\n"
    ),
    "distillation_loss": (
        "temperature 1.0: teacher [0.952, 0.047, 0.001], loss 0.057\n"
        "temperature 4.0: teacher [0.607, 0.287, 0.106], loss 0.724\n"
    ),
    "early_stopping": (
        "patience 1: stops after epoch 4, keeps epoch 3 with loss 0.45\n"
        "patience 2: stops after epoch 7, keeps epoch 5 with loss 0.44\n"
        "patience 3: stops after epoch 9, keeps epoch 8 with loss 0.43\n"
    ),
    "fake_quantize": "forward  [-12.8, -0.3, 0.1, 12.7, 12.7]\ngradient [0.0, 1.0, 1.0, 1.0, 0.0]\n",
    "float_formats": (
        "float16: largest 65504, tiny 6.10352e-05, epsilon 0.000976562\n"
        "bfloat16: largest 3.38953e+38, tiny 1.17549e-38, epsilon 0.0078125\n"
        "float8 E5M2: largest 57344, tiny 6.10352e-05, epsilon 0.25\n"
        "float8 E4M3: largest 448, tiny 0.015625, epsilon 0.125\n"
    ),
    "fold_batch_norm": "apart  [-3.0, 8.9998]\nfolded [-3.0, 8.9998]\n",
    "global_or_local": "local  [0.5, 0.5]\nglobal [0.9, 0.0]\n",
    "gradient_noise": (
        "batch 1: noise 1.16, predicted 1.16\nbatch 4: noise 0.58, predicted 0.58\n"
        "batch 16: noise 0.29, predicted 0.29\nbatch 64: noise 0.14, predicted 0.14\n"
    ),
    "grid_or_random": (
        "grid:   9 trials, 3 values of each, coverage 0.3\n"
        "random: 9 trials, 9 values of each, coverage 0.61 on average, 0.61 expected\n"
    ),
    "int8_matmul": ("int32 sums [[21000, 150]]\nin int8 they would wrap to [[8, -106]]\nint8 codes out [[84, 1]]\n"),
    "latency_throughput": (
        "batch 1: latency 4.5 ms, throughput 222 images/s, at most 2000\n"
        "batch 8: latency 8 ms, throughput 1000 images/s, at most 2000\n"
        "batch 64: latency 36 ms, throughput 1778 images/s, at most 2000\n"
    ),
    "loss_scaling": (
        "scale 1: 2 vanish, 0 overflow\nscale 1024: 0 vanish, 0 overflow\nscale 65536: 0 vanish, 1 overflow\n"
    ),
    "low_rank": (
        "rank 2: 384 of 8192 parameters, relative error 0.58\n"
        "rank 4: 768 of 8192 parameters, relative error 0.25\n"
        "rank 8: 1536 of 8192 parameters, relative error 0.02\n"
    ),
    "magnitude_prune": ("pruned [[0.5, 0.0, 0.3], [-0.9, 0.0, 0.0]]\nnon-zeros 3 of 6 - shape still (2, 3)\n"),
    "mask_is_not_smaller": (
        "0% zeros: dense 131072, CSR 262404, zipped about 90% of dense\n"
        "50% zeros: dense 131072, CSR 131332, zipped about 50% of dense\n"
        "90% zeros: dense 131072, CSR 26476, zipped about 10% of dense\n"
    ),
    "nf4_levels": (
        "levels [-1.0, -0.696, -0.525, -0.395, -0.284, -0.185, -0.091, 0.0, "
        "0.08, 0.161, 0.246, 0.338, 0.441, 0.563, 0.723, 1.0]\n"
        "codes of [0.02, -0.4, 0.1, 0.0]: [8, 0, 10, 7]\n"
    ),
    "optimizer_steps": (
        "step 1 momentum [-1.0, -0.01] RMSprop [-1.0, -1.0]\nstep 2 momentum [-1.9, -0.019] RMSprop [-0.709, -0.709]\n"
    ),
    "phone_recipe": "",
    "prune_rows": "shapes (2, 2) (1, 2)\nmultiplications 12 -> 6\n",
    "prune_two_of_four": ("[[0.0, -0.9, 0.4, 0.0, 0.8, 0.7, 0.0, 0.0]]\nbits for four 16-bit weights: 36 of 64\n"),
    "pruning_sweep": "",
    "quantize_affine": "scale 0.01 zero-point 50\ncodes [0, 50, 75, 255]\n5.0 saturates at 255\n",
    "quantize_groups": (
        "groups of 32: 4.5 bits per weight, RMS error 0.253\n"
        "groups of 64: 4.25 bits per weight, RMS error 0.356\n"
        "groups of 128: 4.125 bits per weight, RMS error 0.500\n"
    ),
    "quantize_per_channel": (
        "one scale for all: largest error of each row [0.038, 0.0]\n"
        "one scale per row: largest error of each row [0.0001, 0.0]\n"
    ),
    "quantize_symmetric": "scale 0.02\ncodes [45, -60, 15, 127]\nlargest error 0.007 of at most 0.01\n",
    "requantize_integers": (
        "0.004 is about 1099511628 / 2 ** 38\ncodes [84, 1, -36, 127] in floats [84.0, 1.0, -36.0]\n"
    ),
    "roofline": (
        "float32, batch 1: 0.5 operations per byte, at most 10 of 100 GFLOP/s\n"
        "int8 weights, batch 1: 2.0 operations per byte, at most 40 of 100 GFLOP/s\n"
        "float32, batch 64: 28.4 operations per byte, at most 100 of 100 GFLOP/s\n"
        "int8 weights, batch 64: 85.3 operations per byte, at most 100 of 100 GFLOP/s\n"
    ),
    "round_to_float": (
        "bfloat16 [3.140625, 0.10009765625, 100.5, 0.000499725341796875]\n"
        "float8 E5M2 [3.0, 0.09375, 96.0, 0.00048828125]\n"
        "float8 E4M3 [3.25, 0.1015625, 104.0, 0.0]\n"
    ),
    "shrink_l1_l2": "L1 [1.5, -0.25, 0.0, 0.0]\nL2 [1.3333, -0.5, 0.1667, -0.0833]\n",
    "sqnr_per_bit": "4 bits: 22.9 dB\n6 bits: 35.8 dB\n8 bits: 48.1 dB\n10 bits: 60.2 dB\n",
    "straight_through": ("true gradient:     0.0\nstraight through:  1.0\n"),
}

# Whole hundredths: far from float's own limits, and ties are common, which is where rounding goes wrong.
HUNDREDTHS = st.integers(-100_000, 100_000).map(lambda whole: whole / 100)
TENSORS = arrays(np.float64, array_shapes(max_dims=2, max_side=12), elements=HUNDREDTHS)
ROW_OF_FOURS = st.integers(1, 6).flatmap(lambda n: arrays(np.float64, (3, 4 * n), elements=HUNDREDTHS))
MATRICES = arrays(np.float64, (6, 5), elements=HUNDREDTHS)
INT8 = st.integers(-128, 127)
AMOUNTS = st.integers(0, 100).map(lambda percent: percent / 100)
# A little more than half a step: dividing and multiplying by a scale that is no power of two rounds too.
HALF_STEP = 0.5 + 1e-9


@cache
def snippet(name: str) -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(FOLDER / f"{name}.py")))


@pytest.fixture
def torch() -> ModuleType:
    return pytest.importorskip("torch", reason="torch is the oracle, and is not installed")


@pytest.fixture
def observed(torch: ModuleType) -> Callable[..., tuple[float, int]]:
    """The scale and zero-point that torch's min-max observer finds for values of this type and scheme."""
    observer = import_module("torch.ao.quantization").MinMaxObserver

    def find(values: list[float], dtype: str, scheme: str, lowest: int, highest: int) -> tuple[float, int]:
        given = {"dtype": getattr(torch, dtype), "qscheme": getattr(torch, scheme)}
        own = observer(**given, quant_min=lowest, quant_max=highest)
        own(torch.tensor(values))
        scale, zero_point = own.calculate_qparams()
        return scale.item(), int(zero_point.item())

    return find


@pytest.fixture
def prune(torch: ModuleType) -> ModuleType:
    return import_module("torch.nn.utils.prune")


def distinct(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """No two equal absolute values, so that a ranking has one right answer."""
    size = math.prod(shape)
    signs = np.where(np.arange(size) % 3 == 0, -1.0, 1.0)
    return (np.random.default_rng(seed).permutation(np.arange(1, size + 1)) * signs / 64).reshape(shape)


def test_every_snippet_has_an_expected_output():
    assert sorted(PRINTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_runs_as_a_script(name):
    run = subprocess.run(
        [sys.executable, "-W", "error", str(FOLDER / f"{name}.py")], capture_output=True, text=True, check=False
    )
    assert (run.stdout, run.stderr) == (PRINTED[name], "")


@pytest.mark.parametrize("name", NAMES)
def test_fits_on_one_screen_and_names_its_source(name):
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    documented = ast.get_docstring(tree) or ""
    assert len(text.splitlines()) <= 30
    assert ("do not edit by hand" if name in GENERATED else "\nSource: ") in documented
    imports = {n.module if isinstance(n, ast.ImportFrom) else n.names[0].name for n in ast.walk(tree) if is_import(n)}
    assert imports <= {"math", "numpy", "numpy.typing", "statistics", "zlib"}, "only what the reader's browser has"


def is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


class TestQuantizeSymmetric:
    @given(TENSORS)
    def test_round_trip_is_off_by_at_most_half_a_step(self, weights):
        module = snippet("quantize_symmetric")
        codes, scale = module.quantize(weights)
        assert np.abs(module.dequantize(codes, scale) - weights).max() <= scale * HALF_STEP

    @given(TENSORS)
    def test_opposite_weights_get_opposite_codes(self, weights):
        quantize = snippet("quantize_symmetric").quantize
        codes, scale = quantize(weights)
        opposite, same_scale = quantize(-weights)
        assert same_scale == scale
        assert np.array_equal(opposite, -codes)
        assert codes.dtype == np.int8

    @given(TENSORS)
    def test_the_largest_weight_uses_the_whole_range(self, weights):
        codes, _ = snippet("quantize_symmetric").quantize(weights)
        assert np.abs(codes.astype(int)).max() == (127 if weights.any() else 0)

    def test_all_zeros(self):
        codes, scale = snippet("quantize_symmetric").quantize(np.zeros(3))
        assert (codes.tolist(), scale) == ([0, 0, 0], 1.0)

    @pytest.mark.torch
    def test_torch_agrees(self, torch):
        weights = np.random.default_rng(1).normal(size=(50, 100)).astype(np.float32)
        codes, scale = snippet("quantize_symmetric").quantize(weights)
        oracle = torch.fake_quantize_per_tensor_affine(torch.tensor(weights), scale, 0, -127, 127)
        np.testing.assert_allclose(codes * scale, oracle.numpy(), rtol=1e-6)

    @pytest.mark.torch
    @pytest.mark.parametrize("weights", [[0.9, -1.2, 0.307, 2.54], [-6.35, 0.1], [0.5, 0.25]])
    def test_torch_s_observer_takes_the_same_scale(self, observed, weights):
        scale, zero_point = observed(weights, "qint8", "per_tensor_symmetric", -127, 127)
        assert zero_point == 0
        assert snippet("quantize_symmetric").quantize(np.array(weights))[1] == pytest.approx(scale, rel=1e-6)

    @pytest.mark.torch
    def test_the_scale_that_is_printed_is_torch_s(self, observed):
        assert observed([0.9, -1.2, 0.307, 2.54], "qint8", "per_tensor_symmetric", -127, 127)[0] == pytest.approx(0.02)


class TestQuantizeAffine:
    @given(TENSORS)
    def test_round_trip_in_the_range(self, values):
        module = snippet("quantize_affine")
        scale, zero_point = module.parameters(values)
        codes = module.quantize(values, scale, zero_point).astype(float)
        # The zero-point is rounded too, so the ends of the range may lie up to half a step outside the codes.
        assert np.abs((codes - zero_point) * scale - values).max() <= scale * (0.5 + HALF_STEP)

    @given(TENSORS)
    def test_zero_is_exact(self, values):
        module = snippet("quantize_affine")
        scale, zero_point = module.parameters(values)
        assert 0 <= zero_point <= 255
        assert module.quantize(np.zeros(1), scale, zero_point).item() == zero_point

    @given(TENSORS)
    def test_saturates_at_the_ends(self, values):
        module = snippet("quantize_affine")
        scale, zero_point = module.parameters(values)
        assert module.quantize(np.array([-1e9, 1e9]), scale, zero_point).tolist() == [0, 255]

    @pytest.mark.torch
    def test_torch_agrees(self, torch):
        module = snippet("quantize_affine")
        values = np.random.default_rng(2).normal(1, 2, size=5000).astype(np.float32)
        scale, zero_point = module.parameters(values)
        codes = module.quantize(values, scale, zero_point).astype(np.float32)
        oracle = torch.fake_quantize_per_tensor_affine(torch.tensor(values), scale, zero_point, 0, 255)
        np.testing.assert_allclose((codes - zero_point) * np.float32(scale), oracle.numpy(), rtol=1e-6)

    @pytest.mark.torch
    @pytest.mark.parametrize("values", [[-0.5, 0.0, 0.25, 2.05], [1.0, 5.1], [-3.0, -0.3], [-1.0, 0.7]])
    def test_torch_s_observer_takes_the_same_scale_and_zero_point(self, observed, values):
        scale, zero_point = observed(values, "quint8", "per_tensor_affine", 0, 255)
        ours = snippet("quantize_affine").parameters(np.array(values))
        assert ours == (pytest.approx(scale, rel=1e-6), zero_point)

    @pytest.mark.torch
    def test_what_is_printed_is_torch_s(self, observed):
        found = observed([-0.5, 0.0, 0.25, 2.05], "quint8", "per_tensor_affine", 0, 255)
        assert found == (pytest.approx(0.01), 50)


class TestQuantizePerChannel:
    @given(MATRICES)
    def test_each_row_is_off_by_at_most_half_of_its_own_step(self, weights):
        back = snippet("quantize_per_channel").restored(weights, 1)
        steps = np.abs(weights).max(axis=1) / 127
        assert (np.abs(back - weights).max(axis=1) <= steps * HALF_STEP).all()

    @given(MATRICES)
    def test_one_scale_is_the_symmetric_snippet(self, weights):
        module = snippet("quantize_symmetric")
        expected = module.dequantize(*module.quantize(weights))
        np.testing.assert_allclose(snippet("quantize_per_channel").restored(weights, None), expected)

    @pytest.mark.torch
    def test_torch_agrees(self, torch):
        weights = distinct((8, 40)) * np.arange(1, 9)[:, None]
        scales = torch.tensor(np.abs(weights).max(axis=1) / 127, dtype=torch.float32)
        oracle = torch.fake_quantize_per_channel_affine(
            torch.tensor(weights, dtype=torch.float32), scales, torch.zeros(8, dtype=torch.int32), 0, -127, 127
        )
        np.testing.assert_allclose(snippet("quantize_per_channel").restored(weights, 1), oracle.numpy(), rtol=1e-5)


class TestFakeQuantize:
    @given(TENSORS)
    def test_a_second_time_changes_nothing(self, values):
        forward = snippet("fake_quantize").forward
        once = forward(values, 0.25)
        assert np.array_equal(forward(once, 0.25), once)

    @given(TENSORS)
    def test_the_gradient_passes_only_inside_the_range(self, values):
        gradient = snippet("fake_quantize").backward(np.ones(values.shape), values, 0.25)
        inside = (np.round(values * 4) >= -128) & (np.round(values * 4) <= 127)
        assert np.array_equal(gradient, inside)

    @pytest.mark.torch
    def test_torch_agrees_on_value_and_gradient(self, torch):
        values = np.arange(-200, 200) / 8 + 0.01
        tensor = torch.tensor(values, dtype=torch.float32, requires_grad=True)
        oracle = torch.fake_quantize_per_tensor_affine(tensor, 0.125, 0, -128, 127)
        oracle.sum().backward()
        module = snippet("fake_quantize")
        assert np.array_equal(module.forward(values, 0.125), oracle.detach().numpy())
        assert np.array_equal(module.backward(np.ones(400), values, 0.125), tensor.grad.numpy())


class TestInt8Matmul:
    def test_the_longest_sum_of_extremes_that_fits(self):
        module = snippet("int8_matmul")
        extremes = np.full((1, 131_071), -128, dtype=np.int8)
        assert module.accumulate(extremes, extremes.T).item() == 131_071 * 16_384 < 2**31

    @given(arrays(np.int8, (3, 20), elements=INT8), arrays(np.int8, (20, 2), elements=INT8))
    def test_sums_are_exact(self, a, b):
        exact = [[sum(int(x) * int(y) for x, y in zip(row, column, strict=True)) for column in b.T] for row in a]
        sums = snippet("int8_matmul").accumulate(a, b)
        assert (sums.tolist(), sums.dtype) == (exact, np.int32)

    @given(arrays(np.int32, 10, elements=st.integers(-(2**31), 2**31 - 1)), st.sampled_from([1e-6, 0.004, 0.3, 1.0]))
    def test_requantization_rounds_inside_the_range_and_saturates_outside(self, sums, factor):
        codes = snippet("int8_matmul").requantize(sums, factor, 1.0, 1.0)
        exact = sums * factor
        assert codes.dtype == np.int8
        assert (codes[exact >= 127.5] == 127).all()
        assert (codes[exact <= -128.5] == -128).all()
        inside = (exact > -128.5) & (exact < 127.5)
        assert np.abs(codes[inside] - exact[inside]).max(initial=0) <= HALF_STEP

    @pytest.mark.torch
    def test_torch_s_own_integer_product_agrees(self, torch):
        rng = np.random.default_rng(4)
        a, b = (rng.integers(-128, 128, size=size, dtype=np.int8) for size in ((32, 64), (64, 24)))
        oracle = torch._int_mm(torch.tensor(a), torch.tensor(b))
        sums = snippet("int8_matmul").accumulate(a, b)
        assert np.array_equal(sums, oracle.numpy())
        assert oracle.dtype == torch.int32

    @pytest.mark.torch
    def test_torch_requantizes_to_the_same_codes(self, torch):
        sums = np.random.default_rng(5).integers(-60_000, 60_000, size=4000).astype(np.int32)
        codes = snippet("int8_matmul").requantize(sums, 0.01, 0.02, 0.05)
        real = (torch.tensor(sums).double() * (0.01 * 0.02)).float()
        oracle = (torch.fake_quantize_per_tensor_affine(real, 0.05, 0, -128, 127) / 0.05).round().numpy()
        tie = np.abs(np.abs(sums * 0.004 % 1) - 0.5) < 1e-4  # which way these go hangs on float32's rounding
        assert np.array_equal(codes[~tie], oracle[~tie])
        assert tie.mean() < 0.01
        assert {127, -128} <= set(codes.tolist())

    @pytest.mark.torch
    def test_torch_agrees(self, torch):
        rng = np.random.default_rng(3)
        a, b = (rng.integers(-128, 128, size=size, dtype=np.int8) for size in ((5, 700), (700, 4)))
        oracle = torch.tensor(a, dtype=torch.int64) @ torch.tensor(b, dtype=torch.int64)
        assert np.array_equal(snippet("int8_matmul").accumulate(a, b), oracle.numpy())


class TestQuantizeGroups:
    @given(arrays(np.float64, 96, elements=HUNDREDTHS), st.sampled_from([8, 32, 96]))
    def test_round_trip_is_off_by_at_most_half_of_the_group_s_step(self, weights, group):
        codes, scales = snippet("quantize_groups").quantize(weights, group)
        assert (np.abs(codes * scales - weights.reshape(-1, group)) <= scales * HALF_STEP).all()
        assert np.abs(codes).max() <= 7

    @pytest.mark.torch
    @pytest.mark.parametrize("group", [8, 32, 96])
    def test_torch_agrees(self, torch, group):
        weights = distinct((96,))
        codes, scales = snippet("quantize_groups").quantize(weights, group)
        grouped = torch.tensor(weights, dtype=torch.float32).reshape(-1, group)
        steps = grouped.abs().amax(1) / 7
        nothing = torch.zeros(len(grouped), dtype=torch.int32)
        oracle = torch.fake_quantize_per_channel_affine(grouped, steps, nothing, 0, -7, 7)
        np.testing.assert_allclose(codes * scales, oracle.numpy(), rtol=1e-5)

    def test_a_zero_group_stays_zero(self):
        codes, scales = snippet("quantize_groups").quantize(np.zeros(8), 4)
        assert (codes.tolist(), scales.tolist()) == ([[0] * 4] * 2, [[1.0], [1.0]])


class TestMagnitudePrune:
    @given(TENSORS, AMOUNTS)
    def test_drops_exactly_the_amount_and_none_larger_than_what_stays(self, weights, amount):
        mask = snippet("magnitude_prune").keep_largest(weights, amount)
        assert np.count_nonzero(~mask) == round(amount * weights.size)
        if mask.any() and not mask.all():
            assert np.abs(weights[~mask]).max() <= np.abs(weights[mask]).min()

    @given(TENSORS, AMOUNTS)
    def test_a_second_time_changes_nothing(self, weights, amount):
        keep_largest = snippet("magnitude_prune").keep_largest
        once = np.where(keep_largest(weights, amount), weights, 0.0)
        twice = np.where(keep_largest(once, amount), once, 0.0)
        assert np.array_equal(twice, once)

    @pytest.mark.torch
    @pytest.mark.parametrize("amount", [0.0, 0.2, 0.5, 0.995])
    def test_torch_agrees(self, torch, prune, amount):
        weights = distinct((50, 100))
        layer = torch.nn.Linear(100, 50)
        layer.weight.data = torch.tensor(weights, dtype=torch.float32)
        prune.l1_unstructured(layer, "weight", amount=amount)
        mask = snippet("magnitude_prune").keep_largest(weights, amount)
        assert np.array_equal(mask, layer.weight_mask.numpy() == 1)


class TestMaskIsNotSmaller:
    @given(arrays(np.float32, (9, 7), elements=st.sampled_from([0.0, 1.0, -2.5])), AMOUNTS)
    def test_a_pruned_tensor_takes_the_bytes_of_before(self, weights, amount):
        pruned = np.where(snippet("magnitude_prune").keep_largest(weights, amount), weights, 0.0)
        assert len(pruned.tobytes()) == len(weights.tobytes()) == 4 * 63

    @given(arrays(np.float32, (9, 7), elements=st.sampled_from([0.0, 1.0, -2.5])))
    def test_csr_bytes_are_those_of_its_three_arrays(self, weights):
        values, columns, starts = snippet("csr_format").to_csr(weights)
        parts = values, columns.astype(np.int32), starts.astype(np.int32)
        assert snippet("mask_is_not_smaller").csr_bytes(weights) == sum(len(part.tobytes()) for part in parts)

    @given(arrays(np.float32, (9, 7), elements=st.sampled_from([0.0, 1.0, -2.5])))
    def test_csr_pays_below_its_break_even(self, weights):
        smaller = snippet("mask_is_not_smaller").csr_bytes(weights) < weights.nbytes
        assert smaller == (np.count_nonzero(weights) < (4 * 63 - 40) / 8)

    def test_zipped_gets_smaller_with_more_zeros(self):
        weights = distinct((64, 64)).astype(np.float32)
        sizes = [len(zlib.compress(np.where(np.abs(weights) > cut, weights, 0).tobytes())) for cut in (0, 32, 60)]
        assert sizes == sorted(sizes, reverse=True)

    @pytest.mark.torch
    # torch says once per process that its CSR support is in beta
    @pytest.mark.filterwarnings("ignore:Sparse CSR tensor support:UserWarning")
    def test_torch_agrees(self, torch):
        weights = np.where(np.abs(distinct((32, 48))) > 20, distinct((32, 48)), 0).astype(np.float32)
        sparse = torch.tensor(weights).to_sparse_csr()
        parts = (sparse.values(), sparse.col_indices(), sparse.crow_indices())
        assert snippet("mask_is_not_smaller").csr_bytes(weights) == sum(4 * part.numel() for part in parts)


class TestPruneTwoOfFour:
    @given(ROW_OF_FOURS)
    def test_keeps_exactly_two_of_four(self, weights):
        mask = snippet("prune_two_of_four").two_of_four(weights)
        assert (mask.reshape(-1, 4).sum(axis=1) == 2).all()

    @given(ROW_OF_FOURS)
    def test_keeps_the_larger_ones_and_is_idempotent(self, weights):
        two_of_four = snippet("prune_two_of_four").two_of_four
        mask = two_of_four(weights)
        sizes, groups = np.abs(weights).reshape(-1, 4), mask.reshape(-1, 4)
        assert (np.where(groups, sizes, np.inf).min(axis=1) >= np.where(groups, 0, sizes).max(axis=1)).all()
        once = np.where(mask, weights, 0.0)
        assert np.array_equal(np.where(two_of_four(once), once, 0.0), once)

    @pytest.mark.torch
    def test_torch_s_sparsifier_keeps_the_same(self, torch):
        weights = distinct((6, 16))
        model = torch.nn.Sequential(torch.nn.Linear(16, 6))
        model[0].weight.data = torch.tensor(weights, dtype=torch.float32)
        sparsifier = import_module("torch.ao.pruning").WeightNormSparsifier(
            sparsity_level=1.0, sparse_block_shape=(1, 4), zeros_per_block=2
        )
        sparsifier.prepare(model, [{"tensor_fqn": "0.weight"}])
        sparsifier.step()
        oracle = model[0].parametrizations.weight[0].mask.numpy() == 1
        assert np.array_equal(snippet("prune_two_of_four").two_of_four(weights), oracle)


class TestPruneRows:
    @pytest.mark.torch
    @pytest.mark.parametrize("amount", [0.25, 0.5, 0.75])
    def test_torch_masks_the_rows_that_go_here(self, torch, prune, amount):
        first, second = distinct((8, 6)), distinct((3, 8), seed=1)
        layer = torch.nn.Linear(6, 8)
        layer.weight.data = torch.tensor(first, dtype=torch.float32)
        prune.ln_structured(layer, "weight", amount=amount, n=1, dim=0)
        stay = layer.weight_mask.numpy().any(axis=1)
        smaller_first, smaller_second = snippet("prune_rows").prune_rows(first, second, amount)
        assert np.array_equal(smaller_first, first[stay])
        assert np.array_equal(smaller_second, second[:, stay])

    @given(arrays(np.float64, (8, 3), elements=HUNDREDTHS), arrays(np.float64, 3, elements=HUNDREDTHS))
    def test_removing_dead_units_changes_no_output(self, first, x):
        first[::2] = 0.0
        second = distinct((2, 8))
        before = second @ np.maximum(first @ x, 0)
        smaller_first, smaller_second = snippet("prune_rows").prune_rows(first, second, 0.5)
        np.testing.assert_allclose(smaller_second @ np.maximum(smaller_first @ x, 0), before, rtol=1e-9, atol=1e-6)


class TestGlobalOrLocal:
    @pytest.mark.torch
    def test_torch_agrees(self, torch, prune):
        layers = [distinct((10, 20)), distinct((10, 10), seed=1) * 0.3 + 0.001]
        modules = [torch.nn.Linear(20, 10), torch.nn.Linear(10, 10)]
        for module, weights in zip(modules, layers, strict=True):
            module.weight.data = torch.tensor(weights, dtype=torch.float32)
        prune.global_unstructured([(module, "weight") for module in modules], prune.L1Unstructured, amount=0.5)
        oracle = [module.weight_mask.mean(dtype=torch.float64).item() for module in modules]
        assert snippet("global_or_local").kept_global(layers, 0.5) == pytest.approx(oracle)

    @pytest.mark.torch
    @pytest.mark.parametrize("amount", [0.2, 0.5, 0.9])
    def test_torch_agrees_on_a_threshold_for_each_layer(self, torch, prune, amount):
        layers = [distinct((10, 20)), distinct((10, 10), seed=1) * 0.3 + 0.001]
        oracle = []
        for weights in layers:
            module = torch.nn.Linear(weights.shape[1], len(weights))
            module.weight.data = torch.tensor(weights, dtype=torch.float32)
            prune.l1_unstructured(module, "weight", amount=amount)
            oracle.append(module.weight_mask.mean(dtype=torch.float64).item())
        assert snippet("global_or_local").kept_local(layers, amount) == pytest.approx(oracle)

    def test_both_keep_as_many_in_total(self):
        module, layers = snippet("global_or_local"), [distinct((10, 20)), distinct((10, 20)) * 0.3 + 0.001]
        assert sum(module.kept_local(layers, 0.4)) == pytest.approx(sum(module.kept_global(layers, 0.4)))


class TestShrink:
    @given(TENSORS, st.sampled_from([0.01, 0.5, 20.0]))
    def test_l1_zeroes_exactly_what_is_within_the_threshold(self, weights, strength):
        shrunk = snippet("shrink_l1_l2").shrink_l1(weights, strength)
        assert np.array_equal(shrunk == 0, np.abs(weights) <= strength)

    @given(TENSORS, st.sampled_from([0.01, 0.5, 20.0]))
    def test_l2_zeroes_nothing(self, weights, strength):
        shrunk = snippet("shrink_l1_l2").shrink_l2(weights, strength)
        assert np.array_equal(shrunk == 0, weights == 0)

    @pytest.mark.torch
    def test_torch_agrees(self, torch):
        weights = distinct((40,))
        oracle = torch.nn.functional.softshrink(torch.tensor(weights), 0.2)
        assert np.array_equal(snippet("shrink_l1_l2").shrink_l1(weights, 0.2), oracle.numpy())


@pytest.mark.torch
def test_depthwise_separable_counts_are_torch_s(torch):
    module, conv = snippet("depthwise_separable"), torch.nn.Conv2d
    dense = conv(24, 40, 3, bias=False).weight.numel()
    thin = conv(24, 24, 3, groups=24, bias=False).weight.numel() + conv(24, 40, 1, bias=False).weight.numel()
    assert (module.standard(24, 40, 3), module.separable(24, 40, 3)) == (dense, thin)


@pytest.mark.torch
def test_folded_batch_norm_is_torch_s_own(torch):
    rng = np.random.default_rng(5)
    weight, bias, norm = rng.normal(size=(4, 3)), rng.normal(size=4), rng.uniform(0.5, 2, size=(4, 4))
    gamma, beta, mean, variance = (torch.tensor(row) for row in norm)
    oracle = import_module("torch.nn.utils.fusion").fuse_linear_bn_weights(
        torch.tensor(weight), torch.tensor(bias), mean, variance, 1e-5, gamma, beta
    )
    for ours, theirs in zip(snippet("fold_batch_norm").fold(weight, bias, norm), oracle, strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-12)


@given(
    arrays(np.float64, (4, 3), elements=HUNDREDTHS),
    arrays(np.float64, 4, elements=HUNDREDTHS),
    arrays(np.float64, (4, 4), elements=st.integers(1, 1000).map(lambda whole: whole / 100)),
    arrays(np.float64, 3, elements=HUNDREDTHS),
)
def test_the_folded_layer_is_the_layer_and_its_normalization(weight, bias, norm, x):
    gamma, beta, mean, variance = norm
    apart = (weight @ x + bias - mean) / np.sqrt(variance + 1e-5) * gamma + beta
    folded_weight, folded_bias = snippet("fold_batch_norm").fold(weight, bias, norm)
    size = (np.abs(weight) @ np.abs(x) + np.abs(bias) + mean) * gamma / np.sqrt(variance) + beta
    assert (np.abs(folded_weight @ x + folded_bias - apart) <= 1e-12 * size).all()


LOGITS = arrays(np.float64, (3, 5), elements=st.integers(-3000, 3000).map(lambda whole: whole / 100))


@given(LOGITS, LOGITS, st.sampled_from([0.5, 1.0, 4.0]))
def test_distillation_loss_is_never_negative_and_zero_for_equal_probabilities(student, teacher, temperature):
    loss = snippet("distillation_loss").distillation_loss
    assert loss(student, teacher, temperature) >= -1e-9
    assert loss(teacher, teacher, temperature) == 0
    # the same added to all logits of a row changes no probability
    assert loss(teacher + student[:, :1], teacher, temperature) == pytest.approx(0, abs=1e-9)


# Near each other, so that no probability is next to nothing.
@given(LOGITS.map(lambda logits: logits / 15), st.sampled_from([0.5, 1.0, 4.0]))
def test_distillation_loss_is_positive_for_other_probabilities(teacher, temperature):
    student = teacher + np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    assert snippet("distillation_loss").distillation_loss(student, teacher, temperature) > 1e-6


@pytest.mark.torch
@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_distillation_loss_is_torch_s(torch, temperature):
    student, teacher = distinct((5, 7)), distinct((5, 7), seed=1)
    log = torch.nn.functional.log_softmax
    given, wanted = (log(torch.tensor(logits) / temperature, dim=1) for logits in (student, teacher))
    oracle = temperature**2 * torch.nn.functional.kl_div(given, wanted, reduction="batchmean", log_target=True)
    assert snippet("distillation_loss").distillation_loss(student, teacher, temperature) == pytest.approx(oracle.item())


@pytest.mark.torch
def test_adam_is_torch_s_over_five_steps(torch):
    adam, gradients = snippet("adam_step").adam, distinct((5, 6))
    weights, first, second = np.zeros(6), np.zeros(6), np.zeros(6)
    oracle = torch.zeros(6, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([oracle], lr=0.001)
    for step, gradient in enumerate(gradients, start=1):
        change, first, second = adam(gradient, first, second, step)
        weights = weights + change
        oracle.grad = torch.tensor(gradient)
        optimizer.step()
    np.testing.assert_allclose(weights, oracle.detach().numpy(), rtol=1e-9)


@pytest.mark.torch
def test_float_formats_are_torch_s(torch):
    limits = snippet("float_formats").limits
    for dtype, bits in (
        (torch.float16, (5, 10)),
        (torch.bfloat16, (8, 7)),
        (torch.float8_e5m2, (5, 2)),
        (torch.float8_e4m3fn, (4, 3, False)),
    ):
        info = torch.finfo(dtype)
        assert limits(*bits) == (info.max, info.tiny, info.eps), dtype


class TestCalibration:
    @given(arrays(np.float64, 50, elements=st.integers(1, 10_000).map(float)))
    def test_the_limit_of_100_per_cent_clips_nothing(self, values):
        module = snippet("calibrate_percentile")
        limit = module.limit(values, 100)
        assert np.abs(module.restored(values, limit) - values).max() <= limit / 255 * HALF_STEP

    @given(arrays(np.float64, 50, elements=st.integers(1, 10_000).map(float)), st.integers(1, 100))
    def test_a_percentile_clips_no_more_than_its_share(self, values, per_cent):
        limit = snippet("calibrate_percentile").limit(values, per_cent)
        assert np.mean(values > limit * (1 + 1e-12)) <= 1 - per_cent / 100 + 1 / 50

    @pytest.mark.torch
    def test_torch_agrees_on_the_percentile(self, torch):
        values = np.abs(distinct((301,)))
        oracle = torch.quantile(torch.tensor(values), 0.37).item()
        assert snippet("calibrate_percentile").limit(values, 37) == pytest.approx(oracle)

    @given(arrays(np.int64, 64, elements=st.integers(0, 50)), st.sampled_from([16, 32, 64]))
    def test_divergence_is_never_negative(self, counts, end):
        counts[0] += 1
        assert snippet("calibrate_entropy").divergence(counts, end, 16) >= -1e-12

    def test_as_many_levels_as_bins_and_nothing_clipped_lose_nothing(self):
        counts = np.arange(64)
        assert snippet("calibrate_entropy").divergence(counts, 64, 64) == pytest.approx(0)

    @pytest.mark.torch
    def test_torch_agrees_on_the_divergence(self, torch):
        counts = np.arange(1, 65)
        quantized = torch.tensor(counts, dtype=torch.float64).view(16, 4).mean(dim=1).repeat_interleave(4)
        wanted = torch.tensor(counts / counts.sum())
        oracle = torch.nn.functional.kl_div((quantized / quantized.sum()).log(), wanted, reduction="sum").item()
        assert snippet("calibrate_entropy").divergence(counts, 64, 16) == pytest.approx(oracle)


class TestFormats:
    # S. Dettmers et al., QLoRA, appendix E, rounded to four digits
    BELOW = (-1.0, -0.6962, -0.5251, -0.3949, -0.2844, -0.1848, -0.0911, 0.0)
    ABOVE = (0.0796, 0.1609, 0.2461, 0.3379, 0.4407, 0.5626, 0.7230, 1.0)

    def test_nf4_levels_are_the_published_ones(self):
        assert snippet("nf4_levels").levels().tolist() == pytest.approx([*self.BELOW, *self.ABOVE], abs=6e-5)

    @given(arrays(np.float64, 32, elements=HUNDREDTHS).filter(np.any))
    def test_nf4_codes_are_the_nearest_levels(self, weights):
        module = snippet("nf4_levels")
        levels, largest = module.levels(), np.abs(weights).max()
        off = np.abs(levels[module.codes(weights)] - weights / largest)
        assert (off <= np.diff(levels).max() / 2 * (1 + 1e-9)).all()
        assert (module.codes(np.append(weights, 0.0))[-1]) == 7

    @pytest.mark.torch
    @pytest.mark.parametrize(
        ("dtype", "exponent", "mantissa", "largest"),
        [
            ("bfloat16", 8, 7, 1e30),
            ("float16", 5, 10, 65000),
            ("float8_e5m2", 5, 2, 57344),
            ("float8_e4m3fn", 4, 3, 448),
        ],
    )
    def test_torch_rounds_the_same_way(self, torch, dtype, exponent, mantissa, largest):
        rng = np.random.default_rng(7)
        sizes = np.exp(rng.uniform(np.log(1e-9), np.log(largest), size=4000))
        values = (sizes * rng.choice([-1, 1], size=4000)).astype(np.float32).astype(np.float64)
        oracle = torch.tensor(values, dtype=torch.float32).to(getattr(torch, dtype)).double().numpy()
        assert np.array_equal(snippet("round_to_float").rounded(values, exponent, mantissa), oracle)

    @given(TENSORS)
    def test_rounding_again_changes_nothing(self, values):
        rounded = snippet("round_to_float").rounded
        once = rounded(values, 8, 7)
        assert np.array_equal(rounded(once, 8, 7), once)

    @pytest.mark.torch
    @pytest.mark.parametrize("scale", [1.0, 2.0**10, 2.0**16])
    def test_loss_scaling_through_torch_s_float16(self, torch, scale):
        gradients = np.float32(10.0) ** np.arange(-12, 6, dtype=np.float32)
        oracle = (torch.tensor(gradients) * scale).half().float() / scale
        assert np.array_equal(snippet("loss_scaling").through_float16(gradients, scale), oracle.numpy())


@pytest.mark.torch
@pytest.mark.parametrize(("name", "keep"), [("SGD", 0.0), ("SGD", 0.9), ("RMSprop", 0.99)])
def test_optimizer_steps_are_torch_s(torch, name, keep):
    module, gradients = snippet("optimizer_steps"), distinct((5, 6))
    weights, state = np.zeros(6), np.zeros(6)
    oracle = torch.zeros(6, dtype=torch.float64, requires_grad=True)
    settings = {"momentum": keep} if name == "SGD" else {"alpha": keep}
    optimizer = getattr(torch.optim, name)([oracle], lr=0.01, **settings)
    for gradient in gradients:
        step = module.momentum if name == "SGD" else module.rmsprop
        change, state = step(gradient, state, 0.01, keep)
        weights = weights + change
        oracle.grad = torch.tensor(gradient)
        optimizer.step()
    np.testing.assert_allclose(weights, oracle.detach().numpy(), rtol=1e-9)


class TestCsr:
    @given(arrays(np.float64, (6, 5), elements=st.sampled_from([0.0, 0.0, 1.0, -2.5])))
    def test_holds_the_matrix(self, weights):
        values, columns, starts = snippet("csr_format").to_csr(weights)
        back = np.zeros_like(weights)
        for row in range(6):
            back[row, columns[starts[row] : starts[row + 1]]] = values[starts[row] : starts[row + 1]]
        assert np.array_equal(back, weights)

    @pytest.mark.torch
    @pytest.mark.filterwarnings("ignore:Sparse CSR tensor support:UserWarning")
    def test_torch_agrees(self, torch):
        weights = np.where(np.abs(distinct((9, 7))) > 0.5, distinct((9, 7)), 0)
        sparse = torch.tensor(weights).to_sparse_csr()
        for ours, theirs in zip(
            snippet("csr_format").to_csr(weights),
            (sparse.values(), sparse.col_indices(), sparse.crow_indices()),
            strict=True,
        ):
            assert ours.tolist() == theirs.tolist()

    @pytest.mark.parametrize(("value", "index"), [(4, 4), (1, 2), (2, 2)])
    def test_breaks_even_where_both_sizes_are_equal(self, value, index):
        left = (1 - snippet("csr_format").break_even(100, 80, value, index)) * 8000
        assert (value + index) * left + 4 * 101 == pytest.approx(value * 8000)


class TestStraightThrough:
    @pytest.mark.torch
    def test_the_true_gradient_is_torch_s(self, torch):
        weight = torch.tensor(0.1, requires_grad=True)
        ((torch.round(weight / 0.25) * 0.25 - 1) ** 2).backward()
        assert weight.grad.item() == 0
        assert snippet("straight_through").train(0.0, 0.1, 1.0) == 0.0

    @given(st.integers(-8, 8), st.integers(-8, 8))
    def test_arrives_at_a_target_that_has_a_code(self, start, target):
        assert snippet("straight_through").train(1.0, start / 4, target / 4) == target / 4


class TestRequantizeIntegers:
    @given(st.floats(1e-6, 0.999))
    def test_the_factor_is_kept_to_31_bits(self, factor):
        multiplier, shift = snippet("requantize_integers").fixed_point(factor)
        assert 2**30 <= multiplier < 2**31
        assert multiplier / 2**shift == pytest.approx(factor, rel=2**-30)

    @given(arrays(np.int32, 20, elements=st.integers(-(2**31), 2**31 - 1)), st.floats(1e-6, 0.999))
    def test_is_the_float_result_up_to_ties(self, sums, factor):
        module = snippet("requantize_integers")
        codes = module.requantize(sums, *module.fixed_point(factor)).astype(float)
        wanted = np.clip(sums * factor, -128, 127)
        # far outside the range the 31-bit factor is off by more than a half, but both are clipped there
        assert np.abs(codes - wanted).max() <= 0.5 + 1e-6


class TestSearchAndStopping:
    def test_a_grid_has_every_combination(self):
        trials = snippet("grid_or_random").grid(4)
        assert len({tuple(trial) for trial in trials.tolist()}) == 16
        assert all(len(np.unique(column)) == 4 for column in trials.T)

    @given(st.lists(st.integers(0, 50).map(lambda n: n / 10), min_size=1, max_size=30), st.integers(1, 6))
    def test_keeps_the_best_epoch_so_far(self, losses, patience):
        ended, kept = snippet("early_stopping").stop(losses, patience)
        assert losses[kept - 1] == min(losses[:ended])
        assert 1 <= kept <= ended <= len(losses)
        assert ended == len(losses) or ended - kept == patience

    def test_a_better_loss_within_the_margin_does_not_count(self):
        assert snippet("early_stopping").stop([1.0, 0.99, 0.98, 0.97], patience=2, margin=0.1) == (3, 1)


class TestSpeed:
    @given(st.integers(1, 1000), st.floats(0, 100), st.floats(0.01, 10))
    def test_throughput_is_batch_over_latency_and_has_a_limit(self, batch, fixed, each):
        module = snippet("latency_throughput")
        assert module.throughput(batch, fixed, each) <= 1000 / each * (1 + 1e-9)
        assert module.throughput(2 * batch, fixed, each) >= module.throughput(batch, fixed, each) * (1 - 1e-9)
        assert module.latency(2 * batch, fixed, each) > module.latency(batch, fixed, each)

    @given(st.floats(0.01, 1000))
    def test_the_roof_has_two_parts(self, intensity):
        reached = snippet("roofline").attainable(intensity, 100e9, 20e9)
        assert reached == (100e9 if intensity >= 5 else intensity * 20e9)


class TestLowRank:
    @given(arrays(np.float64, (6, 9), elements=HUNDREDTHS), st.integers(0, 6))
    def test_the_error_is_what_the_dropped_singular_values_hold(self, weights, rank):
        left, right = snippet("low_rank").factors(weights, rank)
        assert (left.shape, right.shape) == ((6, rank), (rank, 9))
        values = np.linalg.svd(weights, compute_uv=False)
        error = np.linalg.norm(left @ right - weights)
        assert error == pytest.approx(np.linalg.norm(values[rank:]), abs=1e-10 * (1 + values[0]))

    @given(arrays(np.float64, (6, 9), elements=HUNDREDTHS), arrays(np.float64, (15, 2), elements=HUNDREDTHS))
    def test_no_other_two_columns_and_rows_come_closer(self, weights, others):
        left, right = snippet("low_rank").factors(weights, 2)
        other = others[:6] @ others[6:].T
        best = np.linalg.norm(left @ right - weights)
        assert best <= np.linalg.norm(other - weights) + 1e-9 * (1 + np.linalg.norm(weights))

    @pytest.mark.torch
    @pytest.mark.parametrize("rank", [1, 3, 6])
    def test_torch_agrees(self, torch, rank):
        weights = distinct((6, 9))
        left, values, right = torch.linalg.svd(torch.tensor(weights), full_matrices=False)
        oracle = (left[:, :rank] * values[:rank]) @ right[:rank]
        ours, theirs = snippet("low_rank").factors(weights, rank)
        np.testing.assert_allclose(ours @ theirs, oracle.numpy(), atol=1e-12)


def test_a_bit_more_gains_six_decibels():
    module = snippet("sqnr_per_bit")
    gains = [module.sqnr(module.signal, bits + 1) - module.sqnr(module.signal, bits) for bits in range(8, 13)]
    assert gains == pytest.approx([20 * math.log10(2)] * 5, abs=0.05)


@given(st.floats(0, 1), st.floats(1, 1e6))
def test_amdahl_stays_below_its_limit(share, factor):
    gained = snippet("amdahl").speedup(share, factor)
    assert 1 - 1e-9 <= gained <= factor * (1 + 1e-9)
    assert share == 1 or gained <= 1 / (1 - share) * (1 + 1e-9)


def test_the_gallery_shows_every_snippet():
    page = (FOLDER.parent / "docs" / "snippets" / "index.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r'^--8<-- "snippets/(\w+)\.py"$', page, re.MULTILINE)) == NAMES


def test_the_gallery_s_records_hold_what_the_snippets_print():
    records = FOLDER.parent / "precompute" / "records"
    for name in set(NAMES) - GENERATED:
        record = json.loads((records / f"snippet-{name.replace('_', '-')}.json").read_text(encoding="utf-8"))
        assert record["stdout"] == PRINTED[name], f"run: quizproof record {record['id']}"
