"""Text encoders small enough for tests."""

from pathlib import Path

import torch


def write_tiny_encoders(root: Path) -> dict[str, Path]:
    """Write BERT and RoBERTa with random weights and tiny sizes, saved as their makers save them; gives the folders."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import (
        BertConfig,
        BertModel,
        BertTokenizer,
        PreTrainedTokenizerFast,
        RobertaConfig,
        RobertaModel,
    )

    torch.manual_seed(0)
    size = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
    words = ["the", "chair", "table", "a", "brown", "window", ".", "next", "to", "by", "white", "board", "##board"]
    bert = root / "bert"
    BertTokenizer(
        vocab={w: i for i, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words])}
    ).save_pretrained(bert)
    BertModel(BertConfig(vocab_size=18, **size)).save_pretrained(bert)
    roberta = root / "roberta"
    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({w: i for i, w in enumerate([*marks, *letters])}, [], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    names = dict(zip(["bos_token", "pad_token", "eos_token", "unk_token", "mask_token"], marks, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, cls_token="<s>", sep_token="</s>", **names).save_pretrained(
        roberta
    )
    RobertaModel(RobertaConfig(vocab_size=5 + len(letters), pad_token_id=1, **size)).save_pretrained(roberta)
    return {"bert": bert, "roberta": roberta}
