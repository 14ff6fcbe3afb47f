using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Values;

/// <summary>Equality by meaning, over spellings and types of mirrors.</summary>
public sealed class SpellingTests
{
    public static TheoryData<string> Kinds
        => [.. ValueKinds.Comparisons.Select(type => ((ComparisonDefinition)Activator.CreateInstance(type)!).Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AreEqual_SpellingsOfTwoValues_AreEqualWhereTheValuesAre(string kind)
    {
        ComparisonDefinition definition = Converting.ComparisonDefinition(kind);
        IComparison comparison = definition.Compile(Converting.Context);
        Gen<(string Meaning, Spelling[] Spellings)> values = Spellings.ByKind[kind];
        Gen.Select(values, values).Sample(
            (one, other) =>
            {
                Assert.All(one.Spellings, spelling => Assert.Null(definition.WhyNot(spelling.Type)));
                Spelling[] all = [.. one.Spellings, .. other.Spellings];
                byte[][] texts = [.. all.Select(Read)];
                for (int left = 0; left < all.Length; left++)
                {
                    Assert.True(comparison.Reads(texts[left], new Utf8Scratch()) ?? true, $"{all[left]} is not read");
                    for (int right = 0; right < all.Length; right++)
                    {
                        bool same = one.Meaning == other.Meaning || (left < one.Spellings.Length) == (right < one.Spellings.Length);
                        Assert.True(
                            same == comparison.AreEqual(texts[left], texts[right], new Utf8Scratch()),
                            $"{all[left]} and {all[right]} are {(same ? "one value" : "two values")}");
                    }
                }
            },
            iter: 60,
            threads: 1);
    }

    private static byte[] Read(Spelling spelling) => MirrorText.Read(spelling.Raw, spelling.Type, new Utf8Scratch()).ToArray();
}
