using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Tests.Extract.Cuts;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Text;

namespace Recon.Dataflow.Tests.Diff;

/// <summary>Texts that an export cut never replace HubSpot's whole ones; all other differences do.</summary>
public sealed class CutTextTests
{
    private static readonly int[] s_limits = [255, 256, 1000, 1024, 2000, 2048, 4000, 8000, 8192, 32_767];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Diff_TextsCutAtAnyLengthInAnyMeasure_AreWithheld()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var made = new MadeTexts(seed);
            int length = LengthHistogram.ShortestCut + made.Next(0, seed % 3 == 0 ? 60 : 4_000);
            var measure = (TextMeasure)made.Next(0, 5);
            PropertyDefinition property = Diffing.Property() with
            {
                Convert = Conversions(made.Next(0, 5)),
                Compare = made.Next(0, 2) == 0 ? null : new TextIgnoringWhitespaceComparisonDefinition(),
            };
            List<(string Legacy, string Hubspot)> rows = [];
            for (int row = 0; row < 60; row++)
            {
                string note = made.Prose(20 + made.Next(0, 3_000));
                rows.Add((note, row % 2 == 0 ? note : note + "!"));
            }

            for (int row = 0; row < 8; row++)
            {
                string whole = new string('\n', made.Next(0, 3)) + made.Prose(length + 40);
                whole = measure == TextMeasure.UnitsWithPairs ? whole.ReplaceLineEndings("\r\n") : whole;
                string cut = Cut(whole, length, measure);
                rows.Add((
                    measure == TextMeasure.UnitsWithPairs ? cut.ReplaceLineEndings("\n") : cut,
                    made.Next(0, 2) == 0 ? whole : whole.ReplaceLineEndings("\n")));
            }

            (IReadOnlyList<PropertyVerdict> verdicts, BatchCounts counts, CutLengths cuts) = await CutFile.CompareAsync(property, Converted(rows, property), Token);

            Assert.All(verdicts.Skip(60), verdict => Assert.True(
                verdict is { Kind: VerdictKind.KeptBack, Rule: "truncated" },
                $"seed {seed}: {length} {measure}, {verdict.Kind} {verdict.Rule}; found {string.Join(", ", cuts.Patterns)}; {verdict.Raw} | {verdict.Hubspot}"));
            // Others may have a usual limit by chance.
            Assert.InRange(counts.KeptBack["name/truncated"], 8, 11);
        }
    }

    // Most cuts fall into a character. What is left of it is U+FFFD, one for all bytes or for each, or nothing.
    [Theory]
    [InlineData("aàeéiîoôuùcç", 1)]
    [InlineData("aаeеiиoоuуcсnнrрtтlлsсmм", 1)]
    [InlineData("a漢e字i文o書u日c本n語r学t校l生s活m動", 1)]
    [InlineData("e€o’n—", 1)]
    [InlineData("aàeéiîoôuùcç", 2)]
    [InlineData("a漢e字i文o書u日c本n語r学t校l生s活m動", 2)]
    [InlineData("aàeéiîoôuùcç", 0)]
    [InlineData("aаeеiиoоuуcсnнrрtтlлsсmм", 0)]
    [InlineData("a漢e字i文o書u日c本n語r学t校l生s活m動", 0)]
    public async Task Diff_TextsFullOfLongCharactersCutByBytes_AreWithheld(string letters, int left)
    {
        for (int seed = 0; seed < 12; seed++)
        {
            var made = new MadeTexts(seed);
            int length = made.Next(200, 4_001);
            List<(string Legacy, string Hubspot)> rows = [];
            for (int row = 0; row < 60; row++)
            {
                string note = Lengthened(made.Prose(20 + made.Next(0, 3_000)), letters);
                rows.Add((note, row % 2 == 0 ? note : note + "!"));
            }

            for (int row = 0; row < 30; row++)
            {
                string whole = Lengthened(made.Prose(length + 40), letters);
                rows.Add((CutInBytes(whole, length, left), whole));
            }

            (IReadOnlyList<PropertyVerdict> verdicts, _, CutLengths cuts) = await CutFile.CompareAsync(Diffing.Property(), rows, Token);

            Assert.All(verdicts.Skip(60), verdict => Assert.True(
                verdict is { Kind: VerdictKind.KeptBack, Rule: "truncated" },
                $"seed {seed}: {length}, {verdict.Kind} {verdict.Rule}; found {string.Join(", ", cuts.Patterns)}; {verdict.Raw} | {verdict.Hubspot}"));
        }
    }

    [Fact]
    public async Task Diff_OneTextCutAtAUsualLimit_IsWithheld()
    {
        foreach (int length in s_limits)
        {
            string whole = "\r\n" + new MadeTexts(length).Prose((length * 3 / 2) + 40);
            foreach (TextMeasure measure in Enum.GetValues<TextMeasure>().Except([TextMeasure.UnitsWithPairs]))
            {
                (IReadOnlyList<PropertyVerdict> verdicts, _, _) = await CutFile.CompareAsync(
                    Diffing.Property(), [(Cut(whole, length, measure), whole.ReplaceLineEndings("\n"))], Token);

                Assert.Equal((VerdictKind.KeptBack, "truncated"), (verdicts[0].Kind, verdicts[0].Rule));
                Assert.True(measure != TextMeasure.Units || verdicts[0].CutAt?.Length == length);
            }
        }
    }

    // The tool dropped the character that the limit fell into, so that the text is shorter than the limit.
    [Theory]
    [InlineData(254, "\U0001F600", true)]
    [InlineData(253, "\u20AC", true)]
    [InlineData(254, "\u00E9", true)]
    [InlineData(254, "e", false)]
    [InlineData(253, "\u00E9", false)]
    [InlineData(251, "\U0001F600", false)]
    public async Task Diff_TextCutInACharacter_IsWithheldWhereTheCharacterCrossesTheLimit(int length, string next, bool isCut)
    {
        string legacy = string.Concat(Enumerable.Repeat("a bc ", 60))[..(length - 1)] + "x";

        (IReadOnlyList<PropertyVerdict> verdicts, _, _) = await CutFile.CompareAsync(
            Diffing.Property(), [(legacy, legacy + next + " and the rest of the note")], Token);

        Assert.Equal(isCut ? VerdictKind.KeptBack : VerdictKind.Change, verdicts[0].Kind);
    }

    // What is left of the tag is text to the conversion, and without it nothing is missing.
    [Theory]
    [InlineData(255, true)]
    [InlineData(250, false)]
    public async Task Diff_HtmlCutInItsLastTag_IsNotStagedAsIfItWereText(int length, bool isLimit)
    {
        string html = "<p>" + string.Concat(Enumerable.Repeat("a b ", 70))[..(length - 7)] + "cd</p>";
        string legacy = html[..length];
        Assert.EndsWith("cd</", legacy, StringComparison.Ordinal);

        (IReadOnlyList<PropertyVerdict> verdicts, BatchCounts counts, _) = await CutFile.CompareAsync(
            Diffing.Property() with { Convert = [new HtmlDefinition()] }, [(legacy, html)], Token);

        Assert.Equal(isLimit ? "name/truncated" : "name/suspicious", Assert.Single(isLimit ? counts.KeptBack : counts.Remarks).Key);
        Assert.Equal(isLimit ? VerdictKind.KeptBack : VerdictKind.Change, verdicts[0].Kind);
    }

    [Fact]
    public async Task Diff_OneTextCutAtNoKnownLimit_IsStagedWithARemark()
    {
        string whole = new MadeTexts(1).Prose(500);

        (IReadOnlyList<PropertyVerdict> verdicts, BatchCounts counts, _) = await CutFile.CompareAsync(
            Diffing.Property(), [(whole[..301].Trim(), whole), ("Acme", "Other"), ("12", "123")], Token);

        Assert.All(verdicts, verdict => Assert.Equal(VerdictKind.Change, verdict.Kind));
        Assert.Equal(new Dictionary<string, long> { ["name/suspicious"] = 1 }, counts.Remarks);
        Assert.Equal("suspicious", Assert.Single(counts.Withheld.Different).Rule);
    }

    [Theory]
    [InlineData("Le caf\uFFFD", "Le café noir", "name/suspicious")]
    [InlineData("Le cafe", "Le café noir", null)]
    [InlineData("Le th\uFFFD", "Le café noir", null)]
    public async Task Diff_OneTextThatEndsInALostCharacter_IsStagedWithARemark(string legacy, string hubspot, string? remark)
    {
        (IReadOnlyList<PropertyVerdict> verdicts, BatchCounts counts, _) = await CutFile.CompareAsync(Diffing.Property(), [(legacy, hubspot)], Token);

        Assert.Equal(VerdictKind.Change, verdicts[0].Kind);
        Assert.Equal(remark, counts.Remarks.Keys.SingleOrDefault());
    }

    [Fact]
    public async Task Diff_NamesThatAreBeginningsByChance_AreStaged()
    {
        var made = new MadeTexts(7);
        List<(string Legacy, string Hubspot)> rows = [.. Enumerable.Range(0, 3_000).Select(row =>
        {
            string name = row % 3 == 0 ? $"Ac{(char)('a' + (row % 26))}{(char)('a' + (row / 26 % 26))}" : made.Of("companies", 1)[0];
            return (name, $"{name} {(row % 2 == 0 ? "SAS" : "et Cie")}");
        })];

        (IReadOnlyList<PropertyVerdict> verdicts, BatchCounts counts, CutLengths cuts) = await CutFile.CompareAsync(Diffing.Property(), rows, Token);

        Assert.Empty(cuts.Patterns);
        Assert.All(verdicts, verdict => Assert.Equal(VerdictKind.Change, verdict.Kind));
        Assert.Equal(3_000, counts.Remarks["name/suspicious"]);
        Assert.InRange(counts.Withheld.Different.Count(), 5, WithheldSamples.MostShown);
    }

    [Fact]
    public async Task Diff_TextsOfTheLengthAtWhichOthersWereCut_AreStagedWhereTheyAreOtherTexts()
    {
        var made = new MadeTexts(3);
        List<(string Legacy, string Hubspot)> rows = [];
        for (int row = 0; row < 200; row++)
        {
            string note = made.Prose(700).Replace("😀", "ab", StringComparison.Ordinal)[..600].Trim();
            rows.Add((note, row % 2 == 0 ? note[..^1] + "#" : made.Prose(700)));
            rows.Add((made.Prose(20 + (3 * row)), ""));
        }

        (IReadOnlyList<PropertyVerdict> verdicts, BatchCounts counts, CutLengths cuts) = await CutFile.CompareAsync(Diffing.Property(), rows, Token);

        Assert.Equal([600], cuts.Patterns.Select(pattern => pattern.Length.Length));
        Assert.All(verdicts, verdict => Assert.Equal(VerdictKind.Change, verdict.Kind));
        Assert.Empty(counts.Remarks);
        Assert.InRange(counts.Damage["cut/Name"], 150, 210);
    }

    [Theory]
    [InlineData("abc <b>def</b> <stro", "abc def ghi")]
    [InlineData("abc <b>def</b> gh &am", "abc def gh & jkl")]
    [InlineData("abc <b>def</b> <a href=\"https://x", "abc def here and on")]
    [InlineData("<p>abc</p><p>def", "<p>abc</p><p>def ghi</p>")]
    [InlineData("<p>abc</p><p>def</p", "<p>abc</p><p>def</p><p>ghi</p>")]
    [InlineData("ABC <b>def", "abc def ghi")]
    public async Task Diff_HtmlCutAnywhere_IsWithheld(string end, string hubspot)
    {
        string start = new('x', 255 - end.Length - 1);
        PropertyDefinition property = Diffing.Property() with { Convert = [new HtmlDefinition(), new LowerDefinition()] };

        (IReadOnlyList<PropertyVerdict> verdicts, _, _) = await CutFile.CompareAsync(property, [($"{start} {end}", $"{start} {hubspot}")], Token);

        Assert.Equal((VerdictKind.KeptBack, "truncated"), (verdicts[0].Kind, verdicts[0].Rule));
    }

    [Theory]
    [InlineData("é", "\uFFFD", 254)]
    [InlineData("😀", "\uFFFD", 254)]
    [InlineData("😀", "?", 254)]
    [InlineData("é", "e", 254)] // The accent of e and a combining accent was cut off.
    public async Task Diff_CharacterTornByTheCut_IsWithheld(string character, string left, int before)
    {
        string start = new('x', before);

        (IReadOnlyList<PropertyVerdict> verdicts, _, _) = await CutFile.CompareAsync(
            Diffing.Property(), [(start + left, $"{start}{character} and more"), (start + "y", start + "z and more")], Token);

        Assert.Equal((VerdictKind.KeptBack, "truncated"), (verdicts[0].Kind, verdicts[0].Rule));
        Assert.Equal(VerdictKind.Change, verdicts[1].Kind);
    }

    [Fact]
    public async Task Diff_FieldsPaddedToAUsualLimit_AreNotCut()
    {
        string padded = "Acme".PadRight(255);

        (IReadOnlyList<PropertyVerdict> verdicts, _, _) = await CutFile.CompareAsync(
            Diffing.Property(), [(padded, "Acme-Nord"), (padded, "Other")], Token);

        Assert.All(verdicts, verdict => Assert.Equal(VerdictKind.Change, verdict.Kind));
    }

    [Theory]
    [InlineData(null, TruncatedPolicy.Stage, VerdictKind.Change, "overwrite")]
    [InlineData(TruncatedPolicy.Withhold, TruncatedPolicy.Stage, VerdictKind.KeptBack, "truncated")]
    [InlineData(TruncatedPolicy.Reject, TruncatedPolicy.Withhold, VerdictKind.ValueRejected, "truncated")]
    [InlineData(TruncatedPolicy.Stage, TruncatedPolicy.Withhold, VerdictKind.Change, "overwrite")]
    public async Task Diff_OnTruncated_DecidesWhatACutTextDoes(object? own, object block, VerdictKind kind, string rule)
    {
        string whole = new MadeTexts(2).Prose(400);
        PropertyDefinition property = Diffing.Property() with { OnTruncated = (TruncatedPolicy?)own };

        (IReadOnlyList<PropertyVerdict> verdicts, BatchCounts counts, _) = await CutFile.CompareAsync(
            property, [(whole[..255], whole)], Token, new DiffBlockDefinition { OnTruncated = (TruncatedPolicy)block });

        Assert.Equal((kind, rule), (verdicts[0].Kind, verdicts[0].Rule));
        Assert.Equal(kind == VerdictKind.KeptBack ? 1 : 0, counts.KeptBack.GetValueOrDefault("name/truncated"));
        Assert.Equal(kind == VerdictKind.Change ? 1 : 0, counts.Remarks.GetValueOrDefault("name/suspicious"));
        Assert.Equal(kind == VerdictKind.ValueRejected ? 1 : 0, counts.RejectedValues.Keys.Count(value => value.Reason == ValueRejectReasons.Truncated));
    }

    [Fact]
    public async Task Diff_TextThatTheDefinitionItselfCuts_IsWithheld()
    {
        string whole = new MadeTexts(4).Prose(400);
        PropertyDefinition property = Diffing.Property() with { Convert = [new TruncateDefinition { Length = 77 }] };

        (IReadOnlyList<PropertyVerdict> verdicts, _, _) = await CutFile.CompareAsync(property, [(whole, whole)], Token);

        Assert.Equal((VerdictKind.KeptBack, "truncated"), (verdicts[0].Kind, verdicts[0].Rule));
    }

    private static IReadOnlyList<ConversionDefinition> Conversions(int number) => number switch
    {
        0 => [new TrimDefinition()],
        1 => [new CollapseDefinition()],
        2 => [new HtmlDefinition()],
        3 => [new LowerDefinition()],
        _ => [],
    };

    // HubSpot holds what the chain makes of the whole text.
    private static List<(string Legacy, string Hubspot)> Converted(List<(string Legacy, string Hubspot)> rows, PropertyDefinition property)
    {
        var chain = ConversionChain.Compile(property.Convert, Diffing.Context);
        return [.. rows.Select(row => (row.Legacy, Encoding.UTF8.GetString(chain.Convert(Encoding.UTF8.GetBytes(row.Hubspot), new Utf8Scratch()).Text)))];
    }

    private static string Cut(string text, int length, TextMeasure measure)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return measure switch
        {
            TextMeasure.Characters => string.Concat(text.EnumerateRunes().Take(length).Select(rune => rune.ToString())),
            TextMeasure.Bytes => Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(length, bytes.Length))),
            TextMeasure.UnitsWithSingles => Units(text.ReplaceLineEndings("\n"), length).ReplaceLineEndings("\r\n"),
            _ => Units(text, length),
        };
    }

    // Every second letter of the list stands for the one before it.
    private static string Lengthened(string text, string letters)
        => string.Concat(text.Select(letter => letters.IndexOf(letter, StringComparison.Ordinal) is var at && at >= 0 && at % 2 == 0 ? letters[at + 1] : letter));

    private static string CutInBytes(string text, int length, int left)
    {
        byte[] cut = Encoding.UTF8.GetBytes(text)[..length];
        string kept = Encoding.UTF8.GetString(cut).TrimEnd('\uFFFD');
        int torn = length - Encoding.UTF8.GetByteCount(kept);
        return kept + new string('\uFFFD', torn == 0 ? 0 : left == 2 ? torn : left);
    }

    private static string Units(string text, int length)
        => char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] + "\uFFFD" : text[..length];
}
