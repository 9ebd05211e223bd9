"""Late fusion: the scan is encoded once, without text; words meet objects in a small decoder.

The encoder turns voxels into *tokens* (cells of two voxels a side). Each token votes for the box of the object it lies
on and can draw that object's mask. A sentence then picks tokens: its words say what the target and its anchors look
like, the best-matching tokens become candidates, and a relation decoder compares them by the geometry of their boxes.
Everything is learned from the masks of described objects alone; boxes are the boxes of those masks.

Another sentence on the same scan costs the decoder only: milliseconds.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from less3d.batch import Batch, Scene
from less3d.losses import dice_loss
from less3d.models.interface import Answer
from less3d.models.relate import RelationDecoder, WordSlots
from less3d.models.unet import SparseUNet
from less3d.sparse.plan import Level
from less3d.text import TextFeatures

_TOKEN_LEVEL = 1
_SMALLEST_HALF_SIZE = 0.03  # metres
_LOSS_WEIGHTS = {"heat": 1.0, "name": 0.5, "point": 1.0, "bce": 1.0, "dice": 1.0, "vote": 1.0, "box": 0.5}


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
    """Width of tokens, words and candidates."""
    mask_width: int = 48
    text_layers: int = 2
    relation_layers: int = 2
    candidates: int = 16
    """Tokens a sentence may choose from."""
    anchor_slots: int = 2
    """Other objects a sentence may speak of."""
    anchors: int = 6
    """Tokens looked at for each of them."""
    dropout: float = 0.0
    """Of words and decoder. Procedural rooms do not run out, so the default forgets nothing."""
    mask_seeds: int = 3
    """Tokens of each described object whose masks are trained at a step."""

    def __post_init__(self) -> None:
        """Refuse a network that cannot be built."""
        if len(self.channels) <= _TOKEN_LEVEL:
            raise ValueError(f"the late network needs at least two U-Net levels, got channels={self.channels}")
        if min(self.candidates, self.anchors, self.anchor_slots, self.mask_seeds) < 1:
            raise ValueError("candidates, anchors, anchor_slots and mask_seeds must be at least 1")


@dataclass(frozen=True, eq=False)
class EncodedScan:
    """One scan, ready for any number of sentences: V voxels, T tokens; metres from the scan's middle and floor."""

    positions: Float[Tensor, "V 3"]
    centers: Float[Tensor, "V 3"]
    """Centre of the box of the object each voxel lies on, as it votes."""
    embeddings: Float[Tensor, "V M"]
    token_of: Int64[Tensor, "V"]
    tokens: Float[Tensor, "T D"]
    token_centers: Float[Tensor, "T 3"]
    token_half_sizes: Float[Tensor, "T 3"]
    mask_queries: Float[Tensor, "T M"]
    mask_shapes: Float[Tensor, "T 5"]
    """How sharply a mask falls off with disagreeing votes, with distance along x, y and z; and its bias."""

    def masks(self, tokens: Int64[Tensor, "K"]) -> Float[Tensor, "K V"]:
        """Mask logits of the objects that `tokens` lie on.

        A voxel belongs to the object of a token when its embedding matches, its vote points to the same centre, and
        it lies in the token's box.
        """
        center = self.token_centers[tokens]  # (K, 3)
        half = self.token_half_sizes[tokens].detach().square()  # (K, 3)
        falloff, bias = F.softplus(self.mask_shapes[tokens, :4]), self.mask_shapes[tokens, 4:]
        votes = falloff[:, :1] / half.sum(dim=1, keepdim=True) * torch.ones_like(center)
        agree = _parabola(votes, center) @ _monomials(self.centers).T
        near = _parabola(falloff[:, 1:] / half, center) @ _monomials(self.positions).T
        return self.mask_queries[tokens] @ self.embeddings.T + bias - agree - near  # (K, V)


class SceneEncoder(nn.Module):
    """Voxels to tokens, votes and mask embeddings.

    A token sees the U-Net's features of its own cell and of all coarser cells around it; a voxel sees its token's.
    """

    def __init__(self, config: LateConfig) -> None:
        super().__init__()
        self.unet = SparseUNet(13, widths=config.channels, blocks=config.blocks)
        fine, coarser = config.channels[0], sum(config.channels[_TOKEN_LEVEL:])
        self.token = nn.Sequential(nn.Linear(coarser + 4, config.width), nn.LayerNorm(config.width), nn.ReLU())
        self.key = nn.Linear(config.width, config.width)
        self.box = nn.Linear(config.width, 6)
        self.mask_query = nn.Linear(config.width, config.mask_width)
        self.mask_shape = nn.Linear(config.width, 5)
        self.voxel = nn.Sequential(nn.Linear(fine + config.width, config.width), nn.ReLU())
        self.embedding = nn.Linear(config.width, config.mask_width)
        self.vote = nn.Linear(config.width, 3)

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
        tokens = self.token(torch.cat([*columns, means[:, 2:]], dim=1))  # (T, D)
        box = self.box(tokens)
        fields = {
            "tokens": self.key(tokens),
            "token_centers": means[:, :3] + box[:, :3],
            "token_half_sizes": (box[:, 3:] - 1.0).clamp(-4.0, 2.0).exp() + _SMALLEST_HALF_SIZE,
            "mask_queries": self.mask_query(tokens),
            "mask_shapes": self.mask_shape(tokens),
        }
        voxels = self.voxel(torch.cat([output.features, tokens[token_of]], dim=1))  # (V, D)
        embeddings, centers = self.embedding(voxels), scene.positions + self.vote(voxels)
        encoded = []
        first_token = 0
        for scan in range(scene.num_scans):
            rows = scene.voxels_of(scan)
            own = token_of[rows]
            last_token = int(own.max()) + 1
            encoded.append(
                EncodedScan(
                    positions=scene.positions[rows],
                    centers=centers[rows],
                    embeddings=embeddings[rows],
                    token_of=own - first_token,
                    **{name: values[first_token:last_token] for name, values in fields.items()},
                )
            )
            first_token = last_token
        return tuple(encoded)


@dataclass(frozen=True, eq=False)
class Matches:
    """What S sentences found in one scan."""

    heat: Float[Tensor, "S T"]
    """How well each token matches the words about the target."""
    candidates: Int64[Tensor, "S K"]
    scores: Float[Tensor, "S K"]
    """Logits of each candidate being the target."""


class LateLESS(nn.Module):
    """Encoder and decoder; satisfies `ReferringModel`. Give it `text_width`, the width of the text encoder's words."""

    def __init__(self, config: LateConfig, *, text_width: int) -> None:
        super().__init__()
        self.config = config
        self.encoder = SceneEncoder(config)
        self.words = WordSlots(text_width, config.width, config.anchor_slots, config.text_layers, config.dropout)
        self.relate = RelationDecoder(config.width, config.anchor_slots, config.relation_layers, config.dropout)

    def prepare(self, scene: Scene) -> tuple[EncodedScan, ...]:
        """Encode each scan of the scene."""
        return self.encoder(scene)

    def answer(self, encoded: tuple[EncodedScan, ...], text: TextFeatures, scan_of: Int64[Tensor, "S"]) -> Answer:
        """The mask of each sentence's best candidate; confidence is the share of the score mass on its object."""
        found: dict[int, tuple[Tensor, Tensor]] = {}
        for scan, own in _by_scan(encoded, scan_of):
            matches = self.match(scan, text.select(own))
            best = matches.scores.argmax(dim=1, keepdim=True)
            masks = scan.masks(matches.candidates.gather(1, best).flatten())  # (S, V)
            probability = matches.scores.softmax(dim=1)
            for row, sentence in enumerate(own.tolist()):
                same = _touches(masks[row] > 0, scan.token_of, matches.candidates[row])
                same[best[row]] = True
                found[sentence] = masks[row], probability[row][same].sum()
        logits, confidence = zip(*(found[sentence] for sentence in range(len(scan_of))), strict=True)
        return Answer(logits=logits, confidence=torch.stack(confidence).clamp(0.0, 1.0))

    def match(self, scan: EncodedScan, text: TextFeatures) -> Matches:
        """Choose candidates and anchors by the words and score the candidates by their relations.

        In training, too, candidates are what the words find: a target put among them by hand would be known by not
        matching the words.
        """
        words = self.words(text)
        heats = torch.einsum("scd,td->sct", words.queries, scan.tokens) / scan.tokens.shape[1] ** 0.5  # (S, 1+A, T)
        heat = heats[:, 0]
        candidates = _peaks(heat.detach(), scan, self.config.candidates)
        num_sentences, num_slots = heats.shape[0], self.config.anchor_slots
        anchor_heats = heats[:, 1:].flatten(0, 1)  # (S A, T)
        anchors = _peaks(anchor_heats.detach(), scan, self.config.anchors)
        scores = self.relate(
            words,
            tokens=scan.tokens,
            centers=scan.token_centers.detach(),
            half_sizes=scan.token_half_sizes.detach(),
            candidates=candidates,
            candidate_heat=heat.gather(1, candidates),
            anchors=anchors.view(num_sentences, num_slots, -1),
            anchor_heat=anchor_heats.gather(1, anchors).view(num_sentences, num_slots, -1),
        )
        return Matches(heat=heat, candidates=candidates, scores=scores)

    def losses(self, batch: Batch, text: TextFeatures) -> dict[str, Float[Tensor, ""]]:
        """Pointing (token heat and candidate scores), naming, masks (cross-entropy and Dice), votes and boxes."""
        parts: dict[str, list[Tensor]] = {name: [] for name in _LOSS_WEIGHTS}
        for scan, own in _by_scan(self.prepare(batch.scene), batch.scan_of):
            inside = torch.stack([batch.voxel_targets(int(sentence)) for sentence in own]) > 0.5  # (S, V)
            tokens = _mean_by(inside.T.float(), scan.token_of, len(scan.tokens)).T > 0.5  # (S, T)
            matches = self.match(scan, text.select(own))
            parts["heat"].append(_pointing_loss(matches.heat, tokens))
            parts["name"].append(_naming_loss(matches.heat, tokens))
            parts["point"].append(_pointing_loss(matches.scores, tokens.gather(1, matches.candidates)))
            for name, value in self._object_losses(scan, *_distinct(inside, tokens)).items():
                parts[name].append(value)
        means = {name: torch.stack(values).mean() for name, values in parts.items()}
        return {"total": sum((_LOSS_WEIGHTS[name] * means[name] for name in means), torch.tensor(0.0)), **means}

    def _object_losses(
        self, scan: EncodedScan, inside: Bool[Tensor, "O V"], tokens: Bool[Tensor, "O T"]
    ) -> dict[str, Tensor]:
        """Losses of the O described objects, whatever was said of them; zero when there are none."""
        if len(inside) == 0:
            return dict.fromkeys(("vote", "box", "bce", "dice"), scan.embeddings.sum() * 0.0)
        low = torch.where(inside[..., None], scan.positions, torch.inf).amin(dim=1)
        high = torch.where(inside[..., None], scan.positions, -torch.inf).amax(dim=1)
        center, half = (low + high) / 2, (high - low) / 2 + _SMALLEST_HALF_SIZE  # (O, 3)
        rows, voxels = inside.nonzero(as_tuple=True)
        vote = _mean_by((scan.centers[voxels] - center[rows]).abs().sum(1, keepdim=True), rows, len(inside)).mean()
        rows, members = tokens.nonzero(as_tuple=True)
        offset = (scan.token_centers[members] - center[rows]).abs().sum(1, keepdim=True)
        stretch = (scan.token_half_sizes[members].log() - half[rows].log()).abs().sum(1, keepdim=True)
        box = _mean_by(offset + 0.5 * stretch, rows, len(inside)).mean()
        chance = tokens.float() / tokens.sum(dim=1, keepdim=True)
        seeds = torch.multinomial(chance, self.config.mask_seeds, replacement=True)  # (O, seeds)
        logits = scan.masks(seeds.flatten())
        truth = inside.repeat_interleave(self.config.mask_seeds, dim=0).float()
        bce = F.binary_cross_entropy_with_logits(logits, truth, reduction="none").mean(dim=1)
        share = truth.mean(dim=1).clamp(min=1e-3)
        return {"vote": vote, "box": box, "bce": (bce / share.sqrt()).mean(), "dice": dice_loss(logits, truth)}


def _parents(level: Level) -> Int64[Tensor, "V"]:
    """For each voxel of a level, the voxel of the next level it lies in."""
    down = level.down_map
    assert down is not None
    return torch.empty_like(down.parent).index_copy_(0, down.child.long(), down.parent).long()


def _by_scan(encoded: tuple[EncodedScan, ...], scan_of: Tensor) -> list[tuple[EncodedScan, Tensor]]:
    """Each scan that is asked, with the rows of its sentences."""
    rows = [(scan, (scan_of == number).nonzero().flatten()) for number, scan in enumerate(encoded)]
    return [(scan, own) for scan, own in rows if len(own)]


def _distinct(inside: Bool[Tensor, "S V"], tokens: Bool[Tensor, "S T"]) -> tuple[Tensor, Tensor]:
    """Each described object once, objects too small to own a token left out."""
    kept = inside[tokens.any(dim=1)]
    objects = torch.unique(kept, dim=0)
    match = (objects[:, None] == inside[None]).all(dim=2).int().argmax(dim=1)
    return objects, tokens[match]


def _peaks(heat: Float[Tensor, "S T"], scan: EncodedScan, count: int) -> Int64[Tensor, "S K"]:
    """The hottest tokens of each row, one an object: tokens that vote for nearly the same centre count once."""
    centers, halves = scan.token_centers.detach(), scan.token_half_sizes.detach()
    radius = (0.6 * halves.amin(dim=1)).clamp(0.1, 0.5)
    left, chosen = heat.clone(), []
    for _ in range(min(count, heat.shape[1])):
        best = left.argmax(dim=1)  # (S,)
        near = _squared_distance(centers[best], centers) < radius[best, None].square()
        left = left.masked_fill(near, -1e9).scatter_(1, best[:, None], -2e9)
        chosen.append(best)
    return torch.stack(chosen, dim=1)


def _pointing_loss(logits: Float[Tensor, "S T"], inside: Bool[Tensor, "S T"]) -> Float[Tensor, ""]:
    """-log of the probability mass inside the target, over the sentences that have one."""
    rows = inside.any(dim=1)
    if not rows.any():
        return logits.sum() * 0.0
    mass = logits[rows].masked_fill(~inside[rows], -torch.inf).logsumexp(dim=1) - logits[rows].logsumexp(dim=1)
    return -mass.mean()


def _naming_loss(heat: Float[Tensor, "S T"], inside: Bool[Tensor, "S T"]) -> Float[Tensor, ""]:
    """-log of the share that a token of a described object gives to the sentences about it, among all sentences.

    The other direction of the pointing loss, as in contrastive language-image training: it teaches every token of an
    object what the object is called, where pointing asks for one token only.
    """
    described = inside.any(dim=0)
    if not described.any():
        return heat.sum() * 0.0
    heat, inside = heat[:, described], inside[:, described]
    mass = heat.masked_fill(~inside, -torch.inf).logsumexp(dim=0) - heat.logsumexp(dim=0)
    counts = inside.sum(dim=1)
    return -((inside.float() @ mass)[counts > 0] / counts[counts > 0]).mean()


def _touches(mask: Bool[Tensor, "V"], token_of: Int64[Tensor, "V"], tokens: Int64[Tensor, "K"]) -> Bool[Tensor, "K"]:
    """Which tokens lie inside a voxel mask."""
    return torch.isin(tokens, token_of[mask])


def _mean_by(values: Float[Tensor, "V C"], group: Int64[Tensor, "V"], count: int) -> Float[Tensor, "G C"]:
    """Mean of the rows of each group."""
    total = values.new_zeros(count, values.shape[1]).index_add_(0, group, values)
    return total / torch.bincount(group, minlength=count).clamp(min=1)[:, None]


def _parabola(weight: Float[Tensor, "K 3"], center: Float[Tensor, "K 3"]) -> Float[Tensor, "K 7"]:
    """Coefficients over `_monomials` of the weighted squared distance to `center`."""
    constant = (weight * center.square()).sum(dim=1, keepdim=True)
    return torch.cat([weight, -2 * weight * center, constant], dim=1)


def _monomials(x: Float[Tensor, "V 3"]) -> Float[Tensor, "V 7"]:
    """x², x and 1, so that a squared distance to any centre is one product."""
    return torch.cat([x.square(), x, torch.ones_like(x[:, :1])], dim=1)


def _squared_distance(a: Float[Tensor, "K 3"], b: Float[Tensor, "V 3"]) -> Float[Tensor, "K V"]:
    """Squared distances of each of `a` to each of `b`, without a (K, V, 3) tensor."""
    return sum((a[:, None, axis] - b[None, :, axis]).square() for axis in range(3))  # pyright: ignore[reportReturnType]
