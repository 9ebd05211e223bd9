"""Late fusion: the scan is encoded once, without text; words meet objects in a small decoder.

The encoder turns voxels into *tokens* (cells of two voxels a side). Each token drafts the object it lies on: a box and
a mask. A sentence then picks tokens: its words say what the target and its anchors look like, the best-matching tokens
gather the others of their object, and a relation decoder compares these objects by their features and boxes.
Everything is learned from the masks of described objects alone; boxes are the boxes of those masks.

Another sentence on the same scan costs the decoder only: milliseconds.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from less3d.batch import Batch, Scene
from less3d.losses import mask_loss, naming_loss, pointing_loss
from less3d.models.interface import Candidates
from less3d.models.objects import SMALLEST_HALF_SIZE, Cells, Gather, ObjectHead, Objects
from less3d.models.relate import Absence, RelationDecoder, WordSlots
from less3d.models.unet import SparseUNet
from less3d.sparse.plan import Level
from less3d.text import TextFeatures

_TOKEN_LEVEL = 1
_USUAL_HALF_SIZE = 0.37  # metres

_LOSS_WEIGHTS = {"heat": 1.0, "name": 0.5, "point": 1.0, "draft": 0.5, "mask": 1.0, "vote": 1.0, "box": 0.5}


@dataclass(frozen=True)
class LateConfig:
    """Sizes of the late-fusion network.

    Raises:
        ValueError: when a number is out of range.
    """

    channels: tuple[int, ...] = (32, 64, 96, 128, 128)
    """Width of each U-Net level, finest first."""
    blocks: int = 1
    """Residual blocks a level."""
    width: int = 128
    """Width of tokens, words and objects."""
    mask_width: int = 48
    text_layers: int = 2
    relation_layers: int = 2
    candidates: int = 16
    """Objects a sentence may choose from."""
    anchor_slots: int = 2
    """Other objects a sentence may speak of."""
    anchors: int = 6
    """Objects looked at for each of them."""
    dropout: float = 0.0
    """Of words and decoder. Procedural rooms do not run out, so the default forgets nothing."""
    mask_seeds: int = 3
    """Tokens of each described object whose masks are trained at a step."""
    votes: bool = True
    """Ablation: when False, a voxel votes for the place where it is."""
    gather: bool = True
    """Ablation: when False, an object is what one token says of it."""
    pair_values: bool = True
    """Ablation: when False, how two objects stand to each other only biases which of them is looked at. Without any
    relations, `relation_layers` is 0."""

    def __post_init__(self) -> None:
        """Refuse a network that cannot be built."""
        if len(self.channels) <= _TOKEN_LEVEL:
            raise ValueError(f"the late network needs at least two U-Net levels, got channels={self.channels}")
        if min(self.candidates, self.anchors, self.anchor_slots, self.mask_seeds) < 1:
            raise ValueError("candidates, anchors, anchor_slots and mask_seeds must be at least 1")


@dataclass(frozen=True, eq=False)
class EncodedScan:
    """One scan, ready for any number of sentences: V voxels in T tokens."""

    voxels: Cells
    token_cells: Cells
    """The tokens' places: means over their voxels."""
    tokens: Objects
    """What each token says of the object it lies on."""
    token_of: Int64[Tensor, "V"]


class SceneEncoder(nn.Module):
    """Voxels to tokens, votes and mask embeddings.

    A token sees the U-Net's features of its own cell and of all coarser cells around it; a voxel sees its token's.
    """

    def __init__(self, config: LateConfig) -> None:
        super().__init__()
        self.unet = SparseUNet(13, widths=config.channels, blocks=config.blocks)
        fine, coarser = config.channels[0], sum(config.channels[_TOKEN_LEVEL:])
        self.token = nn.Sequential(nn.Linear(coarser + 4, config.width), nn.LayerNorm(config.width), nn.ReLU())
        self.head = ObjectHead(config.width, config.mask_width)
        self.voxel = nn.Sequential(nn.Linear(fine + config.width, config.width), nn.ReLU())
        self.embedding = nn.Linear(config.width, config.mask_width)
        self.vote = nn.Linear(config.width, 3) if config.votes else None

    def forward(self, scene: Scene) -> tuple[EncodedScan, ...]:
        """Encode each scan of the scene."""
        inputs = torch.cat([scene.colors, scene.positions[:, 2:] - 1.0, scene.offsets, scene.spread], dim=1)
        output = self.unet(inputs, scene.plan)
        token_of = _parents(scene.plan.levels[0])  # (V,)
        columns = [output.levels[_TOKEN_LEVEL]]
        ancestor = torch.arange(len(columns[0]), device=token_of.device)  # (T,)
        for level in range(_TOKEN_LEVEL + 1, len(output.levels)):
            ancestor = _parents(scene.plan.levels[level - 1])[ancestor]
            columns.append(output.levels[level][ancestor])
        raw = torch.cat([scene.positions, scene.colors], dim=1)
        means = _mean_by(raw, token_of, len(columns[0]))  # (T, 6)
        features = self.token(torch.cat([*columns, means[:, 2:]], dim=1))  # (T, D)
        tokens = self.head(features, means[:, :3], means.new_full((1, 3), _USUAL_HALF_SIZE))
        voxels = self.voxel(torch.cat([output.features, features[token_of]], dim=1))  # (V, D)
        votes = scene.positions if self.vote is None else scene.positions + self.vote(voxels)
        cells = torch.cat([scene.positions, votes, self.embedding(voxels)], dim=1)
        encoded = []
        first = 0
        for scan in range(scene.num_scans):
            rows = scene.voxels_of(scan)
            own = token_of[rows] - first
            count = int(own.max()) + 1
            encoded.append(
                EncodedScan(
                    voxels=_cells(cells[rows]),
                    token_cells=_cells(_mean_by(cells[rows], own, count)),
                    tokens=tokens.select(slice(first, first + count)),
                    token_of=own,
                )
            )
            first += count
        return tuple(encoded)


@dataclass(frozen=True, eq=False)
class Matches:
    """What S sentences found in one scan."""

    heat: Float[Tensor, "S T"]
    """How well each token matches the words about the target."""
    seeds: Int64[Tensor, "S K"]
    """The tokens from which each sentence's candidates were gathered."""
    objects: Objects
    """All objects that any sentence looks at, each once."""
    candidates: Int64[Tensor, "S K"]
    """Rows of `objects`."""
    scores: Float[Tensor, "S K"]
    """Logits of each candidate being the target."""
    nothing: Float[Tensor, "S"]
    """Logit, beside those, of no object being meant."""

    @property
    def logits(self) -> Float[Tensor, "S _"]:
        """Of the 1 + K answers; the first is nothing."""
        return torch.cat([self.nothing[:, None], self.scores], dim=1)


class LateLESS(nn.Module):
    """Encoder and decoder; satisfies `ReferringModel`. Give it `text_width`, the width of the text encoder's words."""

    def __init__(self, config: LateConfig, *, text_width: int) -> None:
        super().__init__()
        self.config = config
        self.encoder = SceneEncoder(config)
        self.gather = Gather(config.width, config.mask_width) if config.gather else None
        self.words = WordSlots(text_width, config.width, config.anchor_slots, config.text_layers, config.dropout)
        self.relate = RelationDecoder(
            config.width,
            config.anchor_slots,
            config.relation_layers,
            config.dropout,
            pair_values=config.pair_values,
        )
        self.absence = Absence(config.width)

    def prepare(self, scene: Scene) -> tuple[EncodedScan, ...]:
        """Encode each scan of the scene."""
        return self.encoder(scene)

    def candidates(self, encoded: tuple[EncodedScan, ...], text: TextFeatures) -> Candidates:
        """The objects that S sentences may mean in the one scan of a scene; several may lie on the same."""
        (scan,) = encoded
        matches = self.match(scan, text)
        distinct, rows = matches.candidates.unique(return_inverse=True)
        nothing, belief = matches.logits.softmax(dim=1).split([1, rows.shape[1]], dim=1)
        return Candidates(scan.voxels.masks(matches.objects.select(distinct)), rows, belief, nothing.squeeze(1))

    def objects(self, scan: EncodedScan, seeds: Int64[Tensor, "K"]) -> tuple[Objects, Float[Tensor, "K T"]]:
        """The objects that some tokens lie on, and the logits of the drafts' masks over the tokens."""
        drafts = scan.tokens.select(seeds)
        logits = scan.token_cells.masks(drafts)
        if self.gather is None:
            return drafts, logits
        return self.gather(drafts, logits, scan.tokens, scan.token_cells), logits

    def match(self, scan: EncodedScan, text: TextFeatures) -> Matches:
        """Choose candidates and anchors by the words and score the candidates by their relations.

        In training, too, candidates are what the words find: a target put among them by hand would be known by not
        matching the words.
        """
        words = self.words(text)
        heats = torch.einsum("scd,td->sct", words.queries, scan.tokens.keys) / self.config.width**0.5  # (S, 1+A, T)
        hot = heats.detach()
        seeds = _peaks(hot[:, 0], scan, self.config.candidates)  # (S, K)
        anchor_seeds = _peaks(hot[:, 1:].flatten(0, 1), scan, self.config.anchors)  # (S A, J)
        distinct, rows = torch.cat([seeds.flatten(), anchor_seeds.flatten()]).unique(return_inverse=True)
        objects, _ = self.objects(scan, distinct)
        candidates = rows[: seeds.numel()].view_as(seeds)
        anchors = rows[seeds.numel() :].view(len(seeds), self.config.anchor_slots, -1)  # (S, A, J)
        heats_of_objects = torch.einsum("scd,kd->sck", words.queries, objects.keys) / self.config.width**0.5
        candidate_heat = heats_of_objects[:, 0].gather(1, candidates)  # (S, K)
        scores = self.relate(
            words,
            objects=objects.features,
            centers=objects.centers.detach(),
            half_sizes=objects.half_sizes.detach(),
            candidates=candidates,
            candidate_heat=candidate_heat,
            anchors=anchors,
            anchor_heat=heats_of_objects[:, 1:].gather(2, anchors),
        )
        nothing = scores.logsumexp(dim=1) + self.absence(words.queries[:, 0], scores, candidate_heat)
        return Matches(heats[:, 0], seeds, objects, candidates, scores, nothing)

    def losses(self, batch: Batch, text: TextFeatures) -> dict[str, Float[Tensor, ""]]:
        """Pointing (token heat and candidate scores), naming, masks (cross-entropy and Dice), votes and boxes."""
        parts: dict[str, list[Tensor]] = {name: [] for name in _LOSS_WEIGHTS}
        for scan, own in _by_scan(self.prepare(batch.scene), batch.scan_of):
            inside = torch.stack([batch.voxel_targets(int(sentence)) for sentence in own]) > 0.5  # (S, V)
            share = _mean_by(inside.T.float(), scan.token_of, len(scan.tokens)).T  # (S, T)
            tokens = share > 0.5
            matches = self.match(scan, text.select(own))
            parts["heat"].append(pointing_loss(matches.heat, tokens))
            parts["name"].append(naming_loss(matches.heat, tokens))
            num_targets = batch.num_targets[own, None]  # (S, 1)
            right = torch.cat([num_targets == 0, tokens.gather(1, matches.seeds)], dim=1)
            parts["point"].append(pointing_loss(matches.logits, right))
            rows = _distinct(tokens & (num_targets == 1))  # the mask of several is no object's
            for name, value in self._object_losses(scan, inside[rows], share[rows]).items():
                parts[name].append(value)
        means = {name: torch.stack(values).mean() for name, values in parts.items()}
        return {"total": sum((_LOSS_WEIGHTS[name] * means[name] for name in means), torch.tensor(0.0)), **means}

    def _object_losses(
        self, scan: EncodedScan, inside: Bool[Tensor, "O V"], share: Float[Tensor, "O T"]
    ) -> dict[str, Tensor]:
        """Losses of the O described objects, whatever was said of them; zero when there are none."""
        if len(inside) == 0:
            return dict.fromkeys(("draft", "mask", "vote", "box"), scan.voxels.embeddings.sum() * 0.0)
        positions = scan.voxels.positions
        low = torch.where(inside[..., None], positions, torch.inf).amin(dim=1)
        high = torch.where(inside[..., None], positions, -torch.inf).amax(dim=1)
        center, half = (low + high) / 2, (high - low) / 2 + SMALLEST_HALF_SIZE  # (O, 3)
        rows, voxels = inside.nonzero(as_tuple=True)
        offset = (scan.voxels.votes[voxels] - center[rows]).abs().sum(1, keepdim=True)
        rows_of_tokens, members = (share > 0.5).nonzero(as_tuple=True)
        opinions = _box_loss(scan.tokens.select(members), center[rows_of_tokens], half[rows_of_tokens])
        count = self.config.mask_seeds
        seeds = torch.multinomial((share > 0.5).float(), count, replacement=True).flatten()  # (O seeds,)
        objects, logits = self.objects(scan, seeds)
        truths = (inside.float(), share, center, half)
        on_voxels, on_tokens, *box = (truth.repeat_interleave(count, dim=0) for truth in truths)
        return {
            "draft": mask_loss(logits, on_tokens),
            "mask": mask_loss(scan.voxels.masks(objects), on_voxels),
            "vote": _mean_by(offset, rows, len(inside)).mean(),
            "box": _mean_by(opinions, rows_of_tokens, len(inside)).mean() + _box_loss(objects, *box).mean(),
        }


def _box_loss(objects: Objects, center: Float[Tensor, "K 3"], half_size: Float[Tensor, "K 3"]) -> Float[Tensor, "K 1"]:
    """How far boxes are off: their middles in metres, their sizes as ratios."""
    off = (objects.centers - center).abs().sum(1, keepdim=True)
    return off + 0.5 * (objects.half_sizes.log() - half_size.log()).abs().sum(1, keepdim=True)


def _cells(columns: Float[Tensor, "V C"]) -> Cells:
    """Cells from their columns: position, vote, embedding."""
    return Cells(columns[:, :3], columns[:, 3:6], columns[:, 6:])


def _parents(level: Level) -> Int64[Tensor, "V"]:
    """For each voxel of a level, the voxel of the next level it lies in."""
    down = level.down_map
    assert down is not None
    return torch.empty_like(down.parent).index_copy_(0, down.child.long(), down.parent).long()


def _by_scan(encoded: tuple[EncodedScan, ...], scan_of: Tensor) -> list[tuple[EncodedScan, Tensor]]:
    """Each scan that is asked, with the rows of its sentences."""
    rows = [(scan, (scan_of == number).nonzero().flatten()) for number, scan in enumerate(encoded)]
    return [(scan, own) for scan, own in rows if len(own)]


def _distinct(tokens: Bool[Tensor, "S T"]) -> Int64[Tensor, "O"]:
    """One row for each described object; objects too small to own a token are left out."""
    _, group = torch.unique(tokens, dim=0, return_inverse=True)
    same = group[:, None] == group[None]
    is_first = ~same.tril(-1).any(dim=1)
    return (is_first & tokens.any(dim=1)).nonzero().flatten()


def _peaks(heat: Float[Tensor, "S T"], scan: EncodedScan, count: int) -> Int64[Tensor, "S K"]:
    """The hottest tokens of each row, one an object: tokens that vote for nearly the same centre count once."""
    centers, halves = scan.tokens.centers.detach(), scan.tokens.half_sizes.detach()
    radius = (0.6 * halves.amin(dim=1)).clamp(0.1, 0.5)
    left, chosen = heat.clone(), []
    for _ in range(min(count, heat.shape[1])):
        best = left.argmax(dim=1)  # (S,)
        near = _squared_distance(centers[best], centers) < radius[best, None].square()
        left = left.masked_fill(near, -1e9).scatter_(1, best[:, None], -2e9)
        chosen.append(best)
    return torch.stack(chosen, dim=1)


def _mean_by(values: Float[Tensor, "V C"], group: Int64[Tensor, "V"], count: int) -> Float[Tensor, "G C"]:
    """Mean of the rows of each group."""
    total = values.new_zeros(count, values.shape[1]).index_add_(0, group, values)
    return total / torch.bincount(group, minlength=count).clamp(min=1)[:, None]


def _squared_distance(a: Float[Tensor, "K 3"], b: Float[Tensor, "V 3"]) -> Float[Tensor, "K V"]:
    """Squared distances of each of `a` to each of `b`, without a (K, V, 3) tensor."""
    return sum((a[:, None, axis] - b[None, :, axis]).square() for axis in range(3))  # pyright: ignore[reportReturnType]
