from . import apex as apex
from . import apex_methods as apex_methods
from .apex import dc_rois_apex as dc_rois_apex
from .apex import motion_apex as motion_apex
from .apex import strain_apex as strain_apex
