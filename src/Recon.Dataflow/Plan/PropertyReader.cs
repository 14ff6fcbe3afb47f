using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;

namespace Recon.Dataflow.Plan;

/// <summary>How the two sides of a property are read and compared.</summary>
/// <param name="mirror">The definition's conversions of HubSpot's values; <see langword="null"/> for none.</param>
internal sealed class PropertyReader(ConversionChain chain, IComparison comparison, ConversionChain? mirror)
{
    /// <summary>Whether there are values that it cannot read.</summary>
    public bool Discerns { get; } = mirror is not null || comparison.Reads("?"u8, new Utf8Scratch()) is not null;

    /// <summary>The conversions of legacy values.</summary>
    public ConversionChain Chain => chain;

    public IComparison Comparison => comparison;

    /// <exception cref="ConversionSetupException">A map file cannot be read, or a default is no zone or region.</exception>
    public static PropertyReader Compile(PropertyDefinition property, ConversionContext context)
    {
        // One region for both sides.
        string region = property.Convert.OfType<PhoneDefinition>().LastOrDefault()?.Region ?? context.Defaults.PhoneRegion;
        ConversionContext ofMirror = context with { Defaults = context.Defaults with { PhoneRegion = region } };
        return new PropertyReader(
            ConversionChain.Compile(property.Convert, context),
            property.Comparison.Compile(context),
            property.MirrorValues is { Convert: { Count: > 0 } steps } ? ConversionChain.Compile(steps, ofMirror) : null);
    }

    /// <summary>The reader for records of a telephone region; <see langword="null"/> for none that is known.</summary>
    public PropertyReader In(string? region) => new(chain.In(region), comparison.In(region), mirror?.In(region));

    /// <summary>HubSpot's value as it is compared: itself where the definition's conversions cannot read it.</summary>
    public ReadOnlySpan<byte> ReadMirror(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        if (mirror is null || value.IsEmpty)
        {
            return value;
        }

        ConvertedValue read = mirror.Convert(value, scratch);
        return read.Failed ? value : read.Text;
    }

    /// <summary>Whether HubSpot's value means something to the definition's conversions, or to the comparison as it is.</summary>
    public bool CanRead(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        if (mirror is null)
        {
            return comparison.Reads(value, scratch) ?? true;
        }

        ConvertedValue read = mirror.Convert(value, scratch);
        return read.Failed ? comparison.Reads(value, scratch) ?? false : read.IsNull || (comparison.Reads(read.Text, scratch) ?? true);
    }
}
