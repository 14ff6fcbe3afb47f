using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Tests.Definition;

namespace Recon.Dataflow.Tests.Binding;

/// <summary>Edits of definitions written in every style: on one line or several, with comments anywhere, keys there or not.</summary>
public sealed partial class DefinitionEditPropertyTests
{
    [Fact]
    public void Apply_AnyStyleAndAnyChanges_ReadsAsExactlyTheseValuesAndKeepsTheRest()
        => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 63]).Sample(
            (seed, wanted) =>
            {
                string before = new StyledDefinition(seed).Text;
                DefinitionReading reading = DefinitionSamples.Parse(before);
                Assert.Empty(reading.Problems);
                DefinitionChange[] changes = Changes(wanted);

                string after = Encoding.UTF8.GetString(
                    DefinitionEdit.Apply(Encoding.UTF8.GetBytes(before), "pipeline.json", changes));

                DefinitionReading edited = DefinitionSamples.Parse(after);
                Assert.Empty(edited.Problems);
                Assert.Equal(DefinitionFingerprint.Of(Expected(reading.Definition!.Source, changes)), edited.Fingerprint);
                Assert.Equal(Comment().Matches(before).Select(match => match.Value), Comment().Matches(after).Select(match => match.Value));
                Assert.Equal(before.Contains('\r', StringComparison.Ordinal), after.Contains('\r', StringComparison.Ordinal));
                Assert.True(IsPreserved(before, after), after);
            },
            iter: 1_000,
            threads: 1);

    [Fact]
    public void Apply_Twice_IsTheSameAsOnce()
        => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 63]).Sample(
            (seed, wanted) =>
            {
                DefinitionChange[] changes = Changes(wanted);
                byte[] once = DefinitionEdit.Apply(Encoding.UTF8.GetBytes(new StyledDefinition(seed).Text), "pipeline.json", changes);

                Assert.Equal(once, DefinitionEdit.Apply(once, "pipeline.json", changes));
            },
            iter: 500,
            threads: 1);

    private static DefinitionChange[] Changes(int wanted)
    {
        List<DefinitionChange> changes = [];
        void Add(int bit, string block, string key, string json)
        {
            if ((wanted & bit) != 0)
            {
                changes.Add(new DefinitionChange("two", block, key, json));
            }
        }

        Add(1, "batch", "rows", "1234");
        Add(2, "match", "strategy", "\"auto\"");
        Add(4, "match", "parallelism", "3");
        Add(4, "match", "capacity", "6");
        Add(8, "parent", "strategy", "\"cache\"");
        Add(16, "stage", "writers", "5");
        Add(16, "stage", "capacity", "10");
        Add(32, "batch", "capacity", "9");
        return [.. changes];
    }

    private static ReconDefinition Expected(ReconDefinition definition, DefinitionChange[] changes) => definition with
    {
        Pipelines = [.. definition.Pipelines.Select(pipeline => pipeline with
        {
            Blocks = [.. pipeline.Blocks.Select(block => changes
                .Where(change => change.Pipeline == pipeline.Name && change.Block == block.Label)
                .Aggregate(block, Changed))],
        })],
    };

    private static BlockDefinition Changed(BlockDefinition block, DefinitionChange change)
    {
        int Number() => int.Parse(change.Json, CultureInfo.InvariantCulture);
        return (block, change.Key) switch
        {
            (BatchBlockDefinition batch, "rows") => batch with { Rows = Number() },
            (BatchBlockDefinition batch, "capacity") => batch with { Capacity = Number() },
            (LookupBlockDefinition lookup, "parallelism") => lookup with { Parallelism = Number() },
            (LookupBlockDefinition lookup, "capacity") => lookup with { Capacity = Number() },
            (LookupBlockDefinition lookup, "strategy") => lookup with
            {
                Strategy = change.Json == "\"auto\"" ? LookupStrategy.Auto : LookupStrategy.Cache,
            },
            (StageBlockDefinition stage, "writers") => stage with { Writers = Number() },
            (StageBlockDefinition stage, "capacity") => stage with { Capacity = Number() },
            _ => throw new InvalidOperationException(change.ToString()),
        };
    }

    // Without the values of the keys that may change, the old text occurs in the new one, in order.
    private static bool IsPreserved(string before, string after)
    {
        string kept = Value().Replace(before, "$1");
        int at = 0;
        foreach (char character in after)
        {
            at += at < kept.Length && kept[at] == character ? 1 : 0;
        }

        return at == kept.Length;
    }

    [GeneratedRegex(@"//[^\r\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("(\"(?:rows|bytes|capacity|strategy|parallelism|writers)\"\\s*:(?:\\s|//[^\\r\\n]*|/\\*.*?\\*/)*)(?:[0-9]+|\"[a-z]+\")", RegexOptions.Singleline)]
    private static partial Regex Value();

    /// <summary>A definition in a style that follows from a seed.</summary>
    private sealed class StyledDefinition
    {
        private readonly Random _random;
        private readonly string _lineBreak;

        public StyledDefinition(int seed)
        {
#pragma warning disable CA5394 // Not for security: the seed makes a failure repeatable.
            _random = new Random(seed);
#pragma warning restore CA5394
            _lineBreak = Chance(3) ? "\r\n" : "\n";
            Text = $"{{{Gap()}\"pipelines\"{Blank()}:{Gap()}[{Pipeline("one")},{Gap()}{Pipeline("two")}{Comma()}]{Gap()}}}{Gap()}";
        }

        public string Text { get; }

        private string Pipeline(string name) => Object(
            [
                $"\"name\": \"{name}\"",
                "\"blocks\": [" + string.Join(
                    "," + Gap(),
                    Object(["\"kind\": \"csv\"", "\"path\": \"a.csv\"", "\"id\": \"Id\""]),
                    Object(["\"kind\": \"batch\"", .. Some(("rows", "10"), ("capacity", "3"), ("bytes", "4096"))]),
                    Object(
                    [
                        "\"kind\": \"lookup\"", "\"name\": \"match\"", "\"table\": \"hubspot.things\"", "\"key\": \"k\"",
                        .. Some(("strategy", "\"any\""), ("parallelism", "1"), ("capacity", "5")),
                        .. Some("\"where\": [{ \"column\": \"archived\", \"equals\": \"false\" }]"),
                    ]),
                    Object(
                    [
                        "\"kind\": \"lookup\"", "\"name\": \"parent\"", "\"role\": \"parent\"", "\"table\": \"hubspot.parents\"", "\"key\": \"k\"",
                        "\"from\": \"P\"", .. Some(("strategy", "\"auto\"")),
                    ]),
                    Object(["\"kind\": \"diff\"", "\"properties\": [{ \"property\": \"name\", \"column\": \"Name\" }]"]),
                    Object(
                    [
                        "\"kind\": \"stage\"", $"\"table\": \"t_{name}\"", "\"legacyId\": \"l\"", "\"hubspotId\": \"h\"",
                        .. Some(("writers", "1"), ("capacity", "6")), .. Some("\"columns\": [{ \"name\": \"n\", \"legacy\": \"Name\" }]"),
                    ])) + "]",
            ]);

        // A block's members in any order, but for the kind's: nothing depends on it.
        private string Object(string[] members)
        {
            Shuffle(members);
            StringBuilder text = new("{");
            for (int index = 0; index < members.Length; index++)
            {
                text.Append(Gap()).Append(members[index]).Append(Chance(4) ? Gap() : "");
                text.Append(index < members.Length - 1 ? "," : Comma());
            }

            return text.Append(Gap()).Append('}').ToString();
        }

        private string Gap() => Next(7) switch
        {
            0 => "",
            1 => " ",
            2 => _lineBreak + "      ",
            3 => _lineBreak + "\t",
            4 => $" // {Word()}{_lineBreak}    ",
            5 => $" /* {Word()} */ ",
            _ => $"{_lineBreak}  /* {Word()}{_lineBreak} {{ \"rows\" : }} */ ",
        };

        // The reader allows no comment between a key and its colon.
        private string Blank() => Next(4) switch
        {
            0 => " ",
            1 => _lineBreak + "  ",
            _ => "",
        };

        private string Word() => Chance(2) ? "é, \"kind\": \"batch\" }" : "why";

        private string Comma() => Chance(3) ? "," : "";

        private IEnumerable<string> Some(params (string Key, string Json)[] members)
            => members.Where(_ => Chance(2)).Select(member => $"\"{member.Key}\"{Blank()}:{(Chance(4) ? Gap() : " ")}{member.Json}");

        private string[] Some(string member) => Chance(2) ? [member] : [];

        private bool Chance(int of) => Next(of) == 0;

#pragma warning disable CA5394 // As above.
        private int Next(int of) => _random.Next(of);

        private void Shuffle(string[] members) => _random.Shuffle(members);
#pragma warning restore CA5394
    }
}
