"""What an action is: targets or efforts of joints by name, or the controls of the model's own actuators."""

import difflib

import numpy as np

from farsim.bridge.adapter import AdapterError

_NO_LIMIT = 1e5
_KINDS = {"position": "joint_position", "velocity": "joint_velocity", "effort": "joint_effort"}


class NewtonControls:
    """Chosen before the model is finalised, for drives are part of it. `control` is `auto`, `position`,
    `velocity`, `effort` or `actuators`; `takes_controls` says that the file's actuators take their own.
    """

    def __init__(self, newton, builder, entities, config, takes_controls):
        self.actuators = actuators_of(builder, entities) if takes_controls else []
        joints = [(entity, i) for entity in entities for i in range(len(entity.joint_names))]
        self.joints = chosen(joints, config.get("joints"))
        self.kind = self._kind(builder, config.get("control", "auto"))
        if self.kind != "actuators":
            self._set_drives(newton, builder, config)
        self.efforts = [float(builder.joint_effort_limit[entity.qd[i]]) for entity, i in self.joints]

    def describe(self):
        """The action's space."""
        if self.kind == "actuators":
            return describe_actuators(self.actuators)
        terms, low, high = [], [], []
        for entity, names in by_entity(self.joints):
            first = terms[-1]["to"] if terms else 0
            term = {"from": first, "to": first + len(names), "kind": _KINDS[self.kind]}
            terms.append({"name": entity.name, **term, "entity": entity.name, "joints": names})
        for (entity, i), effort in zip(self.joints, self.efforts, strict=True):
            bounds = entity.joint_limits[i] if self.kind == "position" else None
            if self.kind == "effort" and effort < _NO_LIMIT:
                bounds = [-effort, effort]
            low.append(bounds[0] if bounds else -np.inf)
            high.append(bounds[1] if bounds else np.inf)
        space = {"dtype": "f32", "shape": [len(self.joints)], "terms": terms}
        return {**space, "low": np.array(low), "high": np.array(high)}

    def put(self, control, action, envs):
        """Writes a checked action `[N, …]` into the control's array."""
        if self.kind == "actuators":
            control.mujoco.ctrl.assign(action.reshape(-1))
            return
        array, places = {
            "position": (control.joint_target_q, [entity.q[i] for entity, i in self.joints]),
            "velocity": (control.joint_target_qd, [entity.qd[i] for entity, i in self.joints]),
            "effort": (control.joint_f, [entity.qd[i] for entity, i in self.joints]),
        }[self.kind]
        numbers = array.numpy().reshape(envs, -1).copy()
        numbers[:, places] = action
        array.assign(numbers.reshape(-1))

    def _kind(self, builder, asked):
        if asked == "actuators" and not self.actuators:
            raise AdapterError(
                "CONFIG_INVALID",
                "control: the model has no actuators that this solver knows",
                ["`control: effort` drives its joints, `solver: mujoco` knows an MJCF's actuators"],
            )
        if asked != "auto":
            return asked
        if self.actuators:
            return "actuators"
        driven = any(builder.joint_target_ke[entity.qd[i]] for entity, i in self.joints)
        return "position" if driven else "effort"

    def _set_drives(self, newton, builder, config):
        modes = newton.JointTargetMode
        mode = {"position": modes.POSITION, "velocity": modes.VELOCITY, "effort": modes.EFFORT}[self.kind]
        for entity, i in self.joints:
            dof = entity.qd[i]
            builder.joint_target_mode[dof] = int(mode)
            for key, gains in (("stiffness", builder.joint_target_ke), ("damping", builder.joint_target_kd)):
                if config.get(key) is not None:
                    gains[dof] = float(config[key])
            if self.kind == "effort":
                builder.joint_target_ke[dof] = builder.joint_target_kd[dof] = 0.0
            needed = {"position": builder.joint_target_ke, "velocity": builder.joint_target_kd}.get(self.kind)
            if needed is not None and not needed[dof]:
                gain = "stiffness" if self.kind == "position" else "damping"
                raise AdapterError(
                    "CONFIG_INVALID",
                    f"control: the joint '{entity.joint_names[i]}' has no drive that follows a {self.kind}",
                    [f"give one with `{gain}: 100`", "or use `control: effort`"],
                )


def chosen(joints, names):
    """The joints of these names, in their order; `entity/joint` where two entities share one."""
    if names is None:
        return joints
    known = {}
    for entity, i in joints:
        for name in (entity.joint_names[i], f"{entity.name}/{entity.joint_names[i]}"):
            known.setdefault(name, []).append((entity, i))
    for name in names:
        if len(known.get(name, ())) != 1:
            near = difflib.get_close_matches(name, known, 1)
            says = "is a joint of several entities" if name in known else "is no joint of the model"
            raise AdapterError(
                "CONFIG_INVALID",
                f"joints: '{name}' {says}; it has {', '.join(known)}",
                [f"did you mean '{near[0]}'?"] if near and near[0] != name else [],
            )
    return [known[name][0] for name in names]


def by_entity(joints):
    """Runs of joints of one entity."""
    runs = []
    for entity, i in joints:
        if not runs or runs[-1][0] is not entity:
            runs.append((entity, []))
        runs[-1][1].append(entity.joint_names[i])
    return runs


def actuators_of(builder, entities):
    """Name, bounds and gain of each MJCF actuator that is driven by its control."""
    values = {
        key.removeprefix("mujoco:actuator_"): attribute.values or []
        for key, attribute in builder.custom_attributes.items()
        if key.startswith("mujoco:actuator_")
    }
    owners = {
        dof: (entity.name, entity.joint_names[i]) for entity in entities for i, dof in enumerate(entity.qd)
    }
    found = []
    for i, dof in enumerate(values.get("trnid", ())):
        label = values["label"][i]
        limited = values["ctrllimited"][i] == 1 or values["has_ctrlrange"][i]
        entity, joint = owners.get(int(dof[0]), (None, None)) if values["trntype"][i] == 0 else (None, None)
        kind, scale = meaning(
            *(values[key][i] for key in ("gaintype", "biastype", "gainprm", "biasprm", "gear"))
        )
        found.append(
            {
                "name": label.rpartition("/")[2] or joint or f"actuator_{i}",
                "entity": entity,
                "joint": joint,
                "range": [float(end) for end in values["ctrlrange"][i]] if limited else None,
                "kind": kind if joint else "other",
                "scale": scale,
            }
        )
    return found


def meaning(gain_type, bias_type, gains, biases, gears):
    """What an actuator's control is, and the scale that makes it that; MuJoCo's numbers for its types."""
    gain, bias, gear = float(gains[0]), [float(number) for number in biases[:3]], float(gears[0])
    if int(gain_type) != 0:
        return "other", 1.0
    if int(bias_type) == 0:
        return "joint_effort", gain * gear
    if gain and bias[1] == -gain:
        return "joint_position", 1 / gear if gear else 1.0
    if gain and bias[1] == 0 and bias[2] == -gain:
        return "joint_velocity", 1 / gear if gear else 1.0
    return "other", 1.0


def describe_actuators(actuators):
    terms = []
    for i, actuator in enumerate(actuators):
        term = {"name": actuator["name"], "from": i, "to": i + 1, "kind": actuator["kind"]}
        if actuator["joint"]:
            term |= {"entity": actuator["entity"], "joints": [actuator["joint"]]}
        if actuator["kind"] != "other":
            term["scale"] = actuator["scale"]
        terms.append(term)
    low = np.array([actuator["range"][0] if actuator["range"] else -np.inf for actuator in actuators])
    high = np.array([actuator["range"][1] if actuator["range"] else np.inf for actuator in actuators])
    return {"dtype": "f32", "shape": [len(actuators)], "low": low, "high": high, "terms": terms}
