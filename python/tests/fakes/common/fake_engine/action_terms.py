"""Action terms. Mirrors `envs/mdp/actions/{joint_actions,binary_joint_actions}.py` of 2.3.2.post1 and isaac-manipulation.md 1.5: private attributes, an offset of
the default joint positions, `< 0` closes; a term's ids may be `slice(None)`.
"""

import torch


class JointPositionAction:
    def __init__(self, cfg_name, asset, joints, scale, device):
        self.cfg = type("JointPositionActionCfg", (), {"asset_name": cfg_name, "scale": scale})()
        self._asset = asset
        self._joint_ids, self._joint_names = asset.find_joints(joints)
        self.action_dim = len(self._joint_ids)
        if self.action_dim == asset.num_joints:
            self._joint_ids = slice(None)
        self._scale = float(scale)
        self._raw_actions = torch.zeros(asset.num_instances, self.action_dim, device=device)
        self._offset = torch.zeros(asset.num_instances, self.action_dim, device=device)

    def process_actions(self, actions):
        self._raw_actions[:] = actions
        self.processed_actions = self._raw_actions * self._scale + self._offset

    def apply_actions(self):
        write_targets(self._asset, self.processed_actions, self._joint_ids)


class BinaryJointPositionAction:
    action_dim = 1

    def __init__(self, cfg_name, asset, joints, opened, closed, device):
        self.cfg = type("BinaryJointPositionActionCfg", (), {"asset_name": cfg_name})()
        self._asset = asset
        self._joint_ids, self._joint_names = asset.find_joints(joints)
        self._open_command = torch.tensor([opened] * len(joints), dtype=torch.float32, device=device)
        self._close_command = torch.tensor([closed] * len(joints), dtype=torch.float32, device=device)
        self._raw_actions = torch.zeros(asset.num_instances, 1, device=device)

    def process_actions(self, actions):
        self._raw_actions[:] = actions
        closes = (actions < 0)._array
        opened, closed = self._open_command._array, self._close_command._array
        self.processed_actions = torch.tensor(
            closes * closed + ~closes * opened, dtype=torch.float32, device=self._raw_actions.device
        )

    def apply_actions(self):
        write_targets(self._asset, self.processed_actions, self._joint_ids)


def write_targets(asset, target, joint_ids):
    if hasattr(asset, "actuators"):
        asset.actuators.target_command.set_position_index(value=target, joint_ids=joint_ids)
    else:
        asset.set_joint_position_target(target, joint_ids=joint_ids)


class ActionManager:
    def __init__(self, terms):
        self._terms = terms
        self.active_terms = list(terms)
        self.action_term_dim = [term.action_dim for term in terms.values()]

    def get_term(self, name):
        return self._terms[name]

    def process_action(self, action):
        start = 0
        for term in self._terms.values():
            term.process_actions(action[:, start : start + term.action_dim])
            start += term.action_dim

    def apply_action(self):
        for term in self._terms.values():
            term.apply_actions()
