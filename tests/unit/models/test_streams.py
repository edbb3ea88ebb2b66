import pytest
import torch
from torch import nn

from mexlab.errors import InputError
from mexlab.models.laenet import LAENet
from mexlab.models.sides import averaged_side, pixels_as_of, pooled_side, unpooled_edge
from mexlab.models.ststnet import STSTNet


def count(module):
    return sum(p.numel() for p in module.parameters())


def test_laenet_has_843_parameters_as_table_1_says():
    net = LAENet()
    assert count(net) == 843
    assert [count(stream.conv) for stream in net.streams] == [84, 140]
    assert [count(stream.norm) for stream in net.streams] == [6, 10]
    assert count(net.classifier) == 603


def test_ststnet_has_1683():
    net = STSTNet()
    assert count(net) == 1683
    assert [count(stream.conv) for stream in net.streams] == [84, 140, 224]
    assert count(net.classifier) == 1203


# By hand: 8 filters of 30, 3 classes with 8 weights a cell of 3 x 3 or 9 x 9 and a bias.
@pytest.mark.parametrize(("side", "expected"), [(20, 240 + 3 * 73), (56, 240 + 3 * 649)])
def test_laenets_parameters_go_with_the_cells_that_pooling_leaves(side, expected):
    assert count(LAENet(3, side)) == expected


def test_sides_are_what_the_layers_make_of_them():
    pool = nn.MaxPool2d(kernel_size=3, stride=3, padding=1)
    average = nn.AvgPool2d(kernel_size=2, stride=2)
    for side in range(4, 100):
        pooled = pool(torch.zeros(1, 1, side, side))
        assert pooled.shape[-1] == pooled_side(side)
        assert average(pooled).shape[-1] == averaged_side(side)


@pytest.mark.parametrize("side", [20, 22, 25, 27, 28, 29, 32])
def test_the_edge_that_fills_no_cell_is_counted(side):
    """Pixels that no score depends on, as the gradient tells, but for the convolution's reach."""
    net = LAENet(3, side).eval()
    picture = torch.randn(1, 3, side, side, requires_grad=True)
    with torch.no_grad():
        for stream in net.streams:
            # The middle tap alone, of a large positive map: every window has one maximum.
            stream.conv.weight.zero_()
            stream.conv.weight[:, :, 1, 1] = 1.0
            stream.conv.bias.fill_(100.0)
    seen = torch.zeros(side, side, dtype=torch.bool)
    for _ in range(60):
        picture = torch.randn(1, 3, side, side, requires_grad=True)
        net(picture)[0, 0].backward()
        seen |= (picture.grad != 0).any(dim=1)[0]
    edge = side - int(seen.any(dim=0).nonzero().max()) - 1
    assert edge == side - int(seen.any(dim=1).nonzero().max()) - 1 == unpooled_edge(side)


def test_as_many_clips_as_have_the_pixels():
    assert [pixels_as_of(256, side) for side in (14, 28, 56, 1000)] == [1024, 256, 64, 1]


def test_inputs_of_another_side_are_refused_though_pooling_makes_the_same_of_them():
    assert averaged_side(29) == averaged_side(28)
    with pytest.raises(InputError, match="made for inputs of 28 x 28 px, got 29 x 29"):
        LAENet()(torch.zeros(1, 3, 29, 29))
    for rows, columns in ((28, 31), (31, 28)):
        with pytest.raises(InputError, match=f"got {rows} x {columns}"):
            LAENet()(torch.zeros(1, 3, rows, columns))


@pytest.mark.parametrize(("kind", "filters"), [(LAENet, (3, 5)), (STSTNet, (3, 5, 8))])
def test_every_layer_has_table_2s_output(kind, filters):
    net = kind().eval()
    seen = {}
    for name, module in net.named_modules():
        module.register_forward_hook(
            lambda module, args, output, name=name: seen.__setitem__(name, output.shape[1:])
        )
    net(torch.zeros(1, 3, 28, 28))
    for i, f in enumerate(filters):
        assert seen[f"streams.{i}.conv"] == (f, 28, 28)
        assert seen[f"streams.{i}.norm"] == (f, 28, 28)
        assert seen[f"streams.{i}.max_pool"] == (f, 10, 10)
        assert seen[f"streams.{i}"] == (f, 10, 10)
    assert seen["average_pool"] == (sum(filters), 5, 5)
    assert seen["classifier"] == (3,)


def test_order_within_a_stream_is_relu_then_batch_norm():
    stream = LAENet().streams[0]
    kinds = [type(module).__name__ for module in stream]
    assert kinds == ["Conv2d", "ReLU", "BatchNorm2d", "MaxPool2d", "Dropout"]
    assert stream.dropout.p == 0.5


def test_a_hand_made_stream_gives_a_hand_made_map():
    net = LAENet().eval()
    with torch.no_grad():
        for stream in net.streams:
            stream.conv.weight.zero_()
            stream.conv.bias.zero_()
        # Filter 0 of stream 0 passes channel 0 on; batch norm at rest divides by about 1.
        net.streams[0].conv.weight[0, 0, 1, 1] = 1.0
        net.classifier.weight.zero_()
        net.classifier.bias.zero_()
        net.classifier.weight[2, 0] = 1.0
    picture = torch.full((1, 3, 28, 28), -1.0)
    # Windows of 3x3 begin one pixel outside: pixel (1, 1) is in window (0, 0), (5, 5) in (2, 2).
    picture[0, 0, 1, 1] = 8.0
    picture[0, 0, 5, 5] = 80.0
    scores = net(picture)[0]
    # The average of the first 2x2 windows holds one 8 and three zeros.
    assert scores.tolist() == pytest.approx([0.0, 0.0, 2.0], rel=1e-4)
