import pytest
import torch

from mexlab.errors import InputError
from mexlab.models import network, networks


@pytest.mark.parametrize(("name", "published"), [("laenet", 843), ("ststnet", 1683)])
def test_its_number_of_parameters_is_the_published_one(name, published):
    assert network(name).parameters == published


@pytest.mark.parametrize("classes", [3, 7])
@pytest.mark.parametrize("side", [4, 20, 28, 29, 56])
@pytest.mark.parametrize("name", list(networks()))
def test_says_the_number_of_parameters_that_it_builds(name, side, classes):
    spec = network(name)
    net = spec.build(classes, side)
    assert sum(p.numel() for p in net.parameters() if p.requires_grad) == spec.count_parameters(
        side, classes
    )
    scores = net.eval()(torch.zeros(2, spec.channels, side, side))
    assert scores.shape == (2, classes)


@pytest.mark.parametrize("name", list(networks()))
def test_a_side_that_leaves_nothing_is_refused_with_the_smallest(name):
    spec = network(name)
    assert spec.fault_of_side(spec.smallest_side) == ""
    too_small = spec.smallest_side - 1
    said = "takes inputs of 4 x 4 px or larger, got 3 x 3"
    assert said in spec.fault_of_side(too_small)
    with pytest.raises(InputError, match=said):
        spec.build(3, too_small)


@pytest.mark.parametrize("name", list(networks()))
def test_takes_another_number_of_classes(name):
    net = network(name).build(5).eval()
    assert net(torch.zeros(1, 3, 28, 28)).shape == (1, 5)


def test_an_unknown_name_lists_the_known():
    with pytest.raises(InputError, match="laenet, ststnet"):
        network("resnet")


def test_one_class_is_no_classification():
    with pytest.raises(InputError, match="two classes"):
        network("laenet").build(1)
