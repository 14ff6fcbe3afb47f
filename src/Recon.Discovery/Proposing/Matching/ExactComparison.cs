using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Discovery.Proposing.Matching;

/// <summary>Compares the pairs of a property as a run does.</summary>
internal static class ExactComparison
{
    /// <returns>Pairs with a value on both sides, and those whose values mean the same.</returns>
    public static (int Pairs, int Agree) Of(PropertyDefinition property, byte[]?[] file, byte[]?[] mirror, ConversionContext context)
    {
        var reader = PropertyReader.Compile(property, context);
        var scratch = new Utf8Scratch();
        int pairs = 0;
        int agree = 0;
        for (int at = 0; at < file.Length; at++)
        {
            if (file[at] is not { } raw || mirror[at] is not { } held)
            {
                continue;
            }

            pairs++;
            scratch.Reset();
            ConvertedValue converted = reader.Chain.Convert(raw, scratch);
            ReadOnlySpan<byte> read = reader.ReadMirror(held, scratch);
            agree += !converted.Failed && !converted.IsNull && (converted.Text.SequenceEqual(read) || reader.Comparison.AreEqual(converted.Text, read, scratch)) ? 1 : 0;
        }

        return (pairs, agree);
    }
}
