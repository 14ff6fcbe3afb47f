using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Text;

namespace Recon.Dataflow.Lookup;

/// <summary>Makes the key of a mirror row, as it is compared with what records ask for.</summary>
/// <param name="value">What the mirror holds.</param>
/// <returns>The key, valid as long as the scratch is; empty when there is none.</returns>
internal delegate ReadOnlySpan<byte> KeyReader(ReadOnlySpan<byte> value, Utf8Scratch scratch);

/// <summary>
/// How keys of the mirror are made, by role: by the rules by which those of the file are. Every kind of lookup takes them
/// from here.
/// </summary>
internal static class KeyReaders
{
    /// <param name="context">Defaults and folder, for the conversions of fallback keys.</param>
    public static KeyReader For(ValidLookup lookup, ConversionContext context)
    {
        if (lookup.Role == LookupRole.Fallback)
        {
            return Converted(lookup.On[0], context);
        }

        IdForm form = lookup.IdForm;
        return lookup.HasDecimals
            ? (value, scratch) => WithoutTail(value)
            : (value, scratch) => CanonicalForm.Uniform(IdForms.KeyOf(value, form), scratch);
    }

    /// <summary>How the mirror's value of one key of a fallback is read.</summary>
    /// <returns>
    /// What the conversions make of it; the value itself where they cannot read it, as the mirror holds results of
    /// conversions, too.
    /// </returns>
    public static KeyReader Converted(MatchKeyDefinition key, ConversionContext context)
    {
        IReadOnlyList<ConversionDefinition> steps = key.ConvertMirror ? FallbackKey.Steps(key)
            : key.IgnoreCase ? [new LowerDefinition()] : [];
        ConversionChain chain = ConversionChain.Compile(steps, context);
        return (value, scratch) =>
        {
            ConvertedValue converted = chain.Convert(value, scratch);
            return CanonicalForm.Uniform(converted.Failed ? value : converted.Text, scratch);
        };
    }

    private static ReadOnlySpan<byte> WithoutTail(ReadOnlySpan<byte> key)
        => key.EndsWith(".0"u8) && key.IndexOfAnyExceptInRange((byte)'0', (byte)'9') == key.Length - 2 ? key[..^2] : key;
}
