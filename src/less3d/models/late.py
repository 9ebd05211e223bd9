"""Late fusion: the scan is encoded once, without text; words meet objects in a small decoder.

The encoder turns voxels into *tokens* (cells of two voxels a side). Each token drafts the object it lies on: a box and
a mask. A sentence then picks tokens: its words say what the target and its anchors look like, the best-matching tokens
gather the others of their object, and a relation decoder compares these objects by their features and boxes.
Everything is learned from the masks of described objects alone; boxes are the boxes of those masks.

Another sentence on the same scan costs the decoder only: milliseconds.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from less3d.batch import Batch, Scene
from less3d.errors import InputError
from less3d.losses import mask_loss, naming_loss, pointing_loss
from less3d.models.encoder import TOKEN_LEVEL, EncodedScans, SceneEncoder
from less3d.models.interface import Candidates
from less3d.models.objects import SMALLEST_HALF_SIZE, Gather, Objects
from less3d.models.padded import Padding
from less3d.models.relate import HEADS, Absence, RelationDecoder, WordSlots
from less3d.sparse.voxels import mean_by
from less3d.text import TextFeatures

_FAR_BELOW = -1e9
"""Logit of what is not there."""
_LOSS_WEIGHTS = {"heat": 1.0, "name": 0.5, "point": 1.0, "draft": 0.5, "mask": 1.0, "vote": 1.0, "box": 0.5}


@dataclass(frozen=True)
class LateConfig:
    """Sizes of the late-fusion network.

    Raises:
        InputError: when a number is out of range.
    """

    channels: tuple[int, ...] = (32, 64, 96, 128, 128)
    """Width of each U-Net level, finest first."""
    blocks: int = 1
    """Residual blocks a level."""
    width: int = 128
    """Width of tokens, words and objects."""
    mask_width: int = 48
    text_layers: int = 4
    relation_layers: int = 3
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
    counts: bool = True
    """Ablation: when False, candidates are compared with each other, but not counted."""
    fronts: bool = True
    """Ablation: when False, all that has sides is looked at from the middle of the scan."""

    def __post_init__(self) -> None:
        """Refuse a network that cannot be built."""
        if len(self.channels) <= TOKEN_LEVEL:
            raise InputError(f"the late network needs at least two U-Net levels, got channels={self.channels}")
        for name in ("blocks", "mask_width", "text_layers", "candidates", "anchors", "anchor_slots", "mask_seeds"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.width < 1 or self.width % HEADS:
            raise InputError(f"width must be a multiple of the {HEADS} attention heads, got {self.width}")
        if self.relation_layers < 0 or not 0 <= self.dropout < 1:
            got = f"{self.relation_layers} and {self.dropout}"
            raise InputError(f"relation_layers must be 0 or more, and dropout 0 or more and under 1, got {got}")


@dataclass(frozen=True, eq=False)
class Matches:
    """What S sentences found in their scans."""

    heat: Float[Tensor, "S T"]
    """How well each token of its scan matches a sentence's words about the target."""
    seeds: Int64[Tensor, "S K"]
    """The tokens from which each sentence's candidates were gathered."""
    objects: Objects
    """All objects that any sentence looks at, each once; those of all scans, one after the other."""
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
        self.encoder = SceneEncoder(
            config.channels,
            blocks=config.blocks,
            width=config.width,
            mask_width=config.mask_width,
            votes=config.votes,
        )
        self.gather = Gather(config.width, config.mask_width) if config.gather else None
        self.words = WordSlots(text_width, config.width, config.anchor_slots, config.text_layers, config.dropout)
        self.relate = RelationDecoder(
            config.width,
            config.anchor_slots,
            config.relation_layers,
            config.dropout,
            pair_values=config.pair_values,
            counts=config.counts,
            fronts=config.fronts,
        )
        self.absence = Absence(config.width)

    def prepare(self, scene: Scene) -> EncodedScans:
        """Encode the scans of a scene."""
        return self.encoder(scene)

    def candidates(self, encoded: EncodedScans, text: TextFeatures) -> Candidates:
        """The objects that S sentences may mean in the one scan of a scene; several may lie on the same."""
        matches = self.match(encoded, text, Padding.of_sizes([len(text.words)], text.words.device))
        distinct, rows = matches.candidates.unique(return_inverse=True)
        nothing, belief = matches.logits.softmax(dim=1).split([1, rows.shape[1]], dim=1)
        masks = encoded.voxels.of(0).masks(matches.objects.select(distinct))
        return Candidates(masks, rows, belief, nothing.squeeze(1))

    def objects(self, scans: EncodedScans, seeds: Int64[Tensor, "B K"]) -> tuple[Objects, Float[Tensor, "B K T"]]:
        """The objects that some tokens of each scan lie on, and the logits of the drafts' masks over the tokens."""
        count, size = scans.is_token.shape
        rows = (seeds + size * torch.arange(count, device=seeds.device)[:, None]).flatten()
        drafts = scans.tokens.flat().select(rows).map(lambda values: values.unflatten(0, seeds.shape))
        logits = scans.token_cells.masks(drafts).masked_fill(~scans.is_token[:, None], _FAR_BELOW)
        if self.gather is None:
            return drafts, logits
        return self.gather(drafts, logits, scans.tokens, scans.token_cells), logits

    def match(self, scans: EncodedScans, text: TextFeatures, asked: Padding) -> Matches:
        """Choose candidates and anchors by the words and score the candidates by their relations.

        In training, too, candidates are what the words find: a target put among them by hand would be known by not
        matching the words.

        Args:
            scans: B of them.
            text: S sentences, those about the first scan first.
            asked: which are about which scan.
        """
        config, size = self.config, scans.is_token.shape[1]
        words = self.words(text)
        queries = asked(words.queries)  # (B, Q, 1+A, D) the sentences by scan, Q each
        heats = _heats(queries, scans.tokens).masked_fill(~scans.is_token[:, None, None], _FAR_BELOW)  # (B, Q, 1+A, T)
        hot = heats.detach()
        seeds = asked.back(_peaks(hot[:, :, 0], scans, config.candidates))  # (S, K)
        anchor_seeds = asked.back(
            _peaks(hot[:, :, 1:].flatten(1, 2), scans, config.anchors).unflatten(1, (-1, config.anchor_slots))
        )
        wanted = torch.cat([seeds, anchor_seeds.flatten(1)], dim=1) + size * asked.group_of[:, None]
        distinct, rows = wanted.unique(return_inverse=True)
        sizes = torch.bincount(distinct // size, minlength=asked.groups)
        by_scan = Padding.of_sizes(sizes.tolist(), distinct.device)
        objects, _ = self.objects(scans, by_scan(distinct % size, fill=0))
        rows = by_scan.place[rows]
        candidates, anchors = rows.split([seeds.shape[1], rows.shape[1] - seeds.shape[1]], dim=1)
        anchors = anchors.unflatten(1, (config.anchor_slots, -1))  # (S, A, J)
        heats_of_objects = asked.back(_heats(queries, objects))  # (S, 1+A, U)
        candidate_heat = heats_of_objects[:, 0].gather(1, candidates % by_scan.width)  # (S, K)
        objects = objects.flat()
        scores = self.relate(
            words,
            objects=objects.features,
            centers=objects.centers.detach(),
            half_sizes=objects.half_sizes.detach(),
            candidates=candidates,
            candidate_heat=candidate_heat,
            anchors=anchors,
            anchor_heat=heats_of_objects[:, 1:].gather(2, anchors % by_scan.width),
        )
        nothing = scores.logsumexp(dim=1) + self.absence(words.queries[:, 0], scores, candidate_heat)
        return Matches(asked.back(heats[:, :, 0]), seeds, objects, candidates, scores, nothing)

    def losses(self, batch: Batch, text: TextFeatures) -> dict[str, Float[Tensor, ""]]:
        """Pointing (token heat and candidate scores), naming, masks (cross-entropy and Dice), votes and boxes.

        Masks, votes and boxes do not depend on the sentences: they count nothing where only what reads those learns.
        """
        scans, asked = self.prepare(batch.scene), Padding(batch.bounds, text.words.device)
        matches = self.match(scans, text, asked)
        inside = _targets(batch, asked.width, scans) > 0.5  # (B, Q, V)
        share = scans.means(inside.float())  # (B, Q, T)
        tokens = share > 0.5
        meant = asked.back(tokens)  # (S, T)
        is_right = torch.cat([batch.num_targets[:, None] == 0, meant.gather(1, matches.seeds)], dim=1)
        heat_by_scan = asked(matches.heat, fill=-torch.inf)
        described = batch.objects[meant[batch.objects].any(dim=1)]  # the others are too small to own a token
        if not self._learns_to_see:
            described = described[:0]
        parts = {
            "heat": pointing_loss(matches.heat, meant),
            "name": naming_loss(heat_by_scan, tokens),
            "point": pointing_loss(matches.logits, is_right),
            **self._object_losses(
                scans, asked.group_of[described], asked.back(inside)[described], asked.back(share)[described]
            ),
        }
        return {"total": sum((_LOSS_WEIGHTS[name] * parts[name] for name in parts), torch.tensor(0.0)), **parts}

    @property
    def _learns_to_see(self) -> bool:
        """Whether anything learns of what tells objects and their masks."""
        seeing = [*self.encoder.parameters(), *(self.gather.parameters() if self.gather is not None else ())]
        return any(values.requires_grad for values in seeing)

    def _object_losses(
        self, scans: EncodedScans, scan_of: Int64[Tensor, "O"], inside: Bool[Tensor, "O V"], share: Float[Tensor, "O T"]
    ) -> dict[str, Tensor]:
        """Losses of the O described objects, whatever was said of them; zero when there are none."""
        count = len(inside)
        if count == 0:
            return dict.fromkeys(("draft", "mask", "vote", "box"), scans.voxels.embeddings.sum() * 0.0)
        rows, voxels = inside.nonzero(as_tuple=True)
        low, high = _extent(scans.voxels.positions[scan_of[rows], voxels], rows, count)
        center, half = (low + high) / 2, (high - low) / 2 + SMALLEST_HALF_SIZE  # (O, 3)
        offset = (scans.voxels.votes[scan_of[rows], voxels] - center[rows]).abs().sum(1, keepdim=True)
        owners, members = (share > 0.5).nonzero(as_tuple=True)
        tokens = scans.tokens.flat().select(scan_of[owners] * share.shape[1] + members)
        opinions = _box_loss(tokens, center[owners], half[owners])
        copies = self.config.mask_seeds
        seeds = torch.multinomial((share > 0.5).float(), copies, replacement=True).flatten()  # (O copies,)
        scan_of = scan_of.repeat_interleave(copies)
        by_scan = Padding.of_sizes(torch.bincount(scan_of, minlength=len(scans.is_token)).tolist(), seeds.device)
        objects, drafts = self.objects(scans, by_scan(seeds, fill=0))
        masks = scans.voxels.masks(objects).masked_fill(~scans.is_voxel[:, None], _FAR_BELOW)
        truths = (inside.float(), share, center, half)
        on_voxels, on_tokens, *box = (truth.repeat_interleave(copies, dim=0) for truth in truths)
        num_voxels, num_tokens = (real.sum(dim=1)[scan_of] for real in (scans.is_voxel, scans.is_token))
        return {
            "draft": mask_loss(by_scan.back(drafts), on_tokens, sizes=num_tokens.float()),
            "mask": mask_loss(by_scan.back(masks), on_voxels, sizes=num_voxels.float()),
            "vote": mean_by(offset, rows, count).mean(),
            "box": mean_by(opinions, owners, count).mean() + _box_loss(objects.map(by_scan.back), *box).mean(),
        }


def _heats(queries: Float[Tensor, "B Q C D"], objects: Objects) -> Float[Tensor, "B Q C K"]:
    """How well each query matches each object of its scan."""
    heats = queries.flatten(1, 2) @ objects.keys.mT / objects.keys.shape[-1] ** 0.5
    return heats.unflatten(1, queries.shape[1:3])


def _targets(batch: Batch, width: int, scans: EncodedScans) -> Float[Tensor, "B Q V"]:
    """`Batch.voxel_targets` of all scans; zero where there is no sentence or no voxel."""
    shares = [batch.voxel_targets(scan) for scan in range(batch.scene.num_scans)]
    size = scans.is_voxel.shape[1]
    return torch.stack([F.pad(own, (0, size - own.shape[1], 0, width - own.shape[0])) for own in shares])


def _extent(
    points: Float[Tensor, "M 3"], group: Int64[Tensor, "M"], count: int
) -> tuple[Float[Tensor, "G 3"], Float[Tensor, "G 3"]]:
    """The lowest and highest coordinates of each group of points."""
    place = group[:, None].expand(-1, 3)
    low = points.new_full((count, 3), torch.inf).scatter_reduce(0, place, points, "amin")
    return low, points.new_full((count, 3), -torch.inf).scatter_reduce(0, place, points, "amax")


def _box_loss(objects: Objects, center: Float[Tensor, "K 3"], half_size: Float[Tensor, "K 3"]) -> Float[Tensor, "K 1"]:
    """How far boxes are off: their middles in metres, their sizes as ratios."""
    off = (objects.centers - center).abs().sum(1, keepdim=True)
    return off + 0.5 * (objects.half_sizes.log() - half_size.log()).abs().sum(1, keepdim=True)


def _peaks(heat: Float[Tensor, "B R T"], scans: EncodedScans, count: int) -> Int64[Tensor, "B R K"]:
    """The hottest tokens of each row, one an object: tokens that vote for nearly the same centre count once."""
    centers, halves = scans.tokens.centers.detach(), scans.tokens.half_sizes.detach()
    radius = (0.6 * halves.amin(dim=-1)).clamp(0.1, 0.5).square()  # (B, T)
    left, chosen = heat.masked_fill(~scans.is_token[:, None], -torch.inf), []
    for _ in range(min(count, heat.shape[2])):
        best = left.argmax(dim=2)  # (B, R)
        center = centers.gather(1, best[..., None].expand(-1, -1, 3))  # (B, R, 3)
        near = _squared_distance(center, centers) < radius.gather(1, best)[..., None]
        left = torch.where(near, left.clamp(max=_FAR_BELOW), left).scatter_(2, best[..., None], 2 * _FAR_BELOW)
        chosen.append(best)
    return torch.stack(chosen, dim=2)


def _squared_distance(a: Float[Tensor, "B K 3"], b: Float[Tensor, "B V 3"]) -> Float[Tensor, "B K V"]:
    """Squared distances of each of `a` to each of `b`, without a (B, K, V, 3) tensor."""
    return sum((a[..., :, None, axis] - b[..., None, :, axis]).square() for axis in range(3))  # pyright: ignore[reportReturnType]
