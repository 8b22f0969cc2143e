"""Lines whose bytes were shifted within GBK: the real file, and clean text damaged by a simulator of the fault."""

import re
from collections import Counter

import pytest

import fzanalytics as fz
from fzanalytics.base.offsets import Edit, apply_edits
from fzanalytics.evaluation.damage import damage_bytes, misread
from fzanalytics.texts.cleaning.byteshift import clean_shifted, learn_characters, repair_byte_shift
from fzanalytics.texts.cleaning.fixers import apply_repairs, clean, count_damaged_lines
from fzanalytics.texts.cleaning.shift_model import gbk_characters

HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF01}


def damage(line):
    return damage_bytes(line, random_state=0).text


def comparable(line):
    """Without notes, and half-width, as the damaged page is."""
    return re.sub(r"\([a-zǐīíìáàǎāéèěēóòǒōúùǔūü]{1,6}\)", "", line.translate(HALF_WIDTH)).replace("\u3000", " ")


def mend(text, model):
    repairs, failed = repair_byte_shift(text, model)
    return apply_edits(text, [Edit(*repair[:3]) for repair in repairs])[0], repairs, failed


class TestHenan:
    """The real file: 73 of its lines are damaged."""

    def test_every_line_is_read_and_no_trace_is_left(self, sample):
        texts = sample.held[sample.held["doc_id"].str.startswith("henan")]["text"]
        assert len(texts) == 2
        for text in texts:
            assert not re.search(r"[\ue000-\uf8ff\u3100-\u312f\u2500-\u257f?]", text)
            assert count_damaged_lines(text) == 0
        counts = sample.problems.set_index("doc_id").query("kind == 'repaired text'")["count"]
        assert counts.sum() == 73

    def test_the_headings_are_there_and_in_order(self, sample):
        clauses = sample.clauses[sample.clauses["doc_id"] == "henan_province_2021"]
        assert clauses.query("numbering == '一、'")["number"].tolist() == list(range(1, 11))
        assert clauses.query("numbering == '（一）'")["number"].tolist() == list(range(1, 39))
        second = sample.clauses[sample.clauses["doc_id"] == "henan_province_2021#2"]
        assert second.query("numbering == '一、'")["number"].tolist() == list(range(1, 8))
        duties = second[second["path"].str.startswith("四/（三）/3/")]
        assert duties["number"].tolist() == list(range(1, 10))  # eight of the nine figures were swallowed

    @pytest.mark.parametrize(
        "phrase",
        [
            "锚定“两个确保”,全面实施“十大战略”",  # bytes of ！ across 保”
            "（三十六）完善“1211”推进机制",  # a swallowed figure, known from the rest of the text
            "严格制发程序。可发可不发",  # bytes of ？ across 可發
            "适用简易程序审理，快审快结",  # a note in the midst of a character
            "努力建设一支德才兼备的高素质法治工作队伍",
            "推动立法专家库建设",
            "确保《纲要》和本实施方案各项任务",
            "考核等次为合格、不合格的",
            "考核对象不履行或者不正确履行",
        ],
    )
    def test_passages_read_by_hand(self, sample, phrase):
        text = "".join(sample.held[sample.held["doc_id"].str.startswith("henan")]["text"])
        assert phrase in text

    def test_the_one_place_known_to_be_misread_is_marked_as_the_models_choice(self, sample):
        # 總入口: two bytes are lost in a row, and the note 側(cè) stands nowhere else
        repairs = sample.repairs[(sample.repairs["doc_id"] == "henan_province_2021")]
        raw = sample.files.set_index("source").at["henan_province_2021.txt", "raw_text"]
        place = raw.index("總?cè)肟?")
        near = repairs[repairs["raw_begin"].between(place, place + 8) & (repairs["fixer"] == "byte_shift")]
        assert "model" in set(near["certainty"])

    def test_offsets_lead_back_and_the_log_can_be_replayed(self, sample):
        raw = sample.files.set_index("source").at["henan_province_2021.txt", "raw_text"]
        log = sample.repairs[sample.repairs["doc_id"].str.startswith("henan")]
        parts = sample.held[sample.held["doc_id"].str.startswith("henan")].sort_values("doc_id")["text"]
        order = {
            "byte_shift": 0,
            "invisible": 1,
            "line_ends": 2,
            "pinyin_notes": 3,
            "traditional": 4,
            "stray_spaces": 5,
        }
        log = log.assign(rank=log["fixer"].map(order).fillna(6)).sort_values("rank", kind="stable")
        assert apply_repairs(raw, log) == "".join(parts)
        clause = sample.clauses.set_index("clause_id").loc["henan_province_2021#二/（五）"]
        assert (
            raw[clause["raw_begin"] : clause["raw_end"]].endswith("“好差評(píng)”制度。")
            or "放管服" in (raw[clause["raw_begin"] : clause["raw_end"]])
        )

    def test_it_can_be_left_out(self):
        corpus = fz.read_corpus(fz.load_sample().files.query("source == 'henan_province_2021.txt'").rename(
            columns={"raw_text": "text"})[["text"]], skip_fixers=["byte_shift"])  # fmt: skip
        assert "damaged text" in set(corpus.problems["kind"])
        assert not (corpus.repairs["fixer"] == "byte_shift").any()


class TestSimulated:
    """Clean text, written in Traditional and damaged: how much comes back, with a model that never saw it."""

    @pytest.mark.parametrize("doc_id", ["hebei_province_2016", "qingyuan_city_2017", "xiahe_county_2017"])
    def test_at_least_99_percent_of_the_characters_come_back(self, sample, doc_id):
        texts = sample.held.set_index("doc_id")["text"]
        own = "\n".join("　　" + line.strip() for line in texts[doc_id].split("\n") if line.strip())
        simulated = damage_bytes(own, random_state=0)
        lines, damaged = simulated.truth.split("\n"), simulated.text.split("\n")
        n_damaged = sum("?" in line for line in damaged)
        assert n_damaged >= 10
        mended, repairs, failed = mend(
            "\n".join(damaged), learn_characters([clean("\n".join(damaged)), *texts.drop(doc_id)])
        )
        assert not failed
        wrong = sum(
            sum(a != b for a, b in zip(comparable(line), comparable(new), strict=False))
            for line, new in zip(lines, mended.split("\n"), strict=True)
            if len(comparable(line)) == len(comparable(new))
        )
        lost_lines = sum(
            len(comparable(line)) != len(comparable(new)) for line, new in zip(lines, mended.split("\n"), strict=True)
        )
        assert wrong <= 0.01 * len(repairs) + 1
        assert lost_lines <= 1
        assert {repair.certainty for repair in repairs} <= {"exact", "model", "inferred"}

    def test_what_is_exact_is_read_from_known_bytes_alone(self):
        # without any model (one that has seen nothing) the exact characters are still right
        line = "　　（一）主要原則。高舉旗幟。"
        mended, repairs, _ = mend(damage(line), learn_characters([]))
        exact = "".join(repair.replacement for repair in repairs if repair.certainty == "exact")
        assert exact.startswith("（一）主要原")
        assert len(mended) == len(line)

    def test_a_swallowed_figure_is_taken_from_the_order_of_the_list_and_marked(self):
        lines = [f"　　（{i}）推進行政執法工作。" for i in range(1, 6)]
        text = "\n".join(damage(line) for line in ["　　1.推進依法執政", *lines])
        mended, repairs, _ = mend(text, learn_characters(["　　（7）推进行政执法工作。", "　　一、推进依法执政"]))
        numbers = [int(found) for found in re.findall(r"[（(](\d)[)）]", mended)]
        assert numbers == [1, 2, 3, 4, 5]
        assert sum(repair.certainty == "inferred" for repair in repairs) == 5


class TestNegative:
    def test_clean_texts_are_left_alone(self, sample):
        model = learn_characters(sample.held["text"])
        for row in sample.files.itertuples(index=False):
            if not row.source.startswith("henan"):
                assert repair_byte_shift(row.raw_text, model) == ([], [])

    @pytest.mark.parametrize("text", ["真的吗?", "为什么?因为要依法行政。", "What? 什么", "", "?", "目录……?"])
    def test_questions_are_no_damage(self, text):
        assert repair_byte_shift(text, learn_characters(["依法行政"])) == ([], [])

    def test_a_line_that_the_fault_does_not_explain_stays_and_is_named(self):
        text = "好的一行。\n?。\U0001f600ㄒ唬┲?\ue7a9"  # a character that was never in GBK in the midst of shifted ones
        repairs, failed = repair_byte_shift(text, learn_characters(["好的一行。"]))
        assert failed == [1] or all(repair.begin > 5 for repair in repairs)

    def test_text_without_the_fault_is_cleaned_the_same_way(self):
        text = "到 2020 年,建設(shè)法治政府"
        assert clean_shifted(text, learn_characters([]))[0] == clean(text)

    def test_utf8_read_as_gbk_is_another_fault(self, sample):
        text = sample.files.set_index("source").at["qingyuan_city_2017.txt", "raw_text"]
        wrong = misread(text, read="gb18030").text.replace("\ufffd", "?")
        assert count_damaged_lines(wrong + "\n\ufffd")
        assert repair_byte_shift(wrong + "\n\ufffd", learn_characters([text])) == ([], [])

    def test_many_orphans_in_one_line_take_bounded_time(self):
        text = "?。" * 800 + "\ue7a9"
        repairs, failed = repair_byte_shift(text, learn_characters(["依法行政。"]))
        assert failed or repairs


def test_the_bytes_of_each_character_are_its_own() -> None:
    pairs, by_trail, by_lead = gbk_characters()
    assert all(bytes(pair).decode("gbk") == character for pair, character in pairs.items())
    assert len(pairs) == sum(map(len, by_trail.values())) == 21_791
    assert sum(map(len, by_lead.values())) < len(pairs)


def test_characters_are_counted_as_one_by_one():
    texts = ["指导思想\n\n指导?意见。指导", "　　", "𠀀（一）", "導１a"]
    model = learn_characters(texts)
    lines = ["\n\n指导思想\n", "\n\n指导", "\n\n𠀀(一)\n", "\n\n导1a\n"]
    for n, counts in enumerate(model.counts, start=1):
        assert counts == Counter(line[i : i + n] for line in lines for i in range(len(line) - n + 1))
    for n, followers in enumerate(model.followers, start=1):
        assert followers == Counter(run[:n] for run in model.counts[n])
    assert learn_characters([]).counts[2] == Counter()
