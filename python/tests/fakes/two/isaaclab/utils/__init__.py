from fake_engine.kit_process import require_started

require_started("pxr")
