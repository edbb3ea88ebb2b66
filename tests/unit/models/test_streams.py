import pytest
import torch

from mexlab.models.laenet import LAENet
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
