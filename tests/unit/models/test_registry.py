import pytest
import torch

from mexlab.errors import InputError
from mexlab.models import network, networks


@pytest.mark.parametrize("name", list(networks()))
def test_says_the_number_of_parameters_that_it_builds(name):
    spec = network(name)
    net = spec.build(3)
    assert sum(p.numel() for p in net.parameters() if p.requires_grad) == spec.parameters
    scores = net.eval()(torch.zeros(2, *spec.input_shape))
    assert scores.shape == (2, 3)


@pytest.mark.parametrize("name", list(networks()))
def test_takes_another_number_of_classes(name):
    net = network(name).build(5).eval()
    assert net(torch.zeros(1, *network(name).input_shape)).shape == (1, 5)


def test_an_unknown_name_lists_the_known():
    with pytest.raises(InputError, match="laenet, ststnet"):
        network("resnet")


def test_one_class_is_no_classification():
    with pytest.raises(InputError, match="two classes"):
        network("laenet").build(1)
