using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Text;

namespace Recon.Dataflow.Values;

/// <summary>The conversions of one property, compiled. Thread-safe.</summary>
internal sealed class ConversionChain
{
    private readonly IConversion[] _steps;
    private readonly string[] _kinds;

    private ConversionChain(IConversion[] steps, string[] kinds, ComparisonDefinition produces)
        => (_steps, _kinds, Produces) = (steps, kinds, produces);

    private ConversionChain(ConversionChain other, string? region)
    {
        _steps = [.. other._steps.Select(step => step.In(region))];
        _kinds = other._kinds;
        Produces = other.Produces;
    }

    /// <summary>The steps, in order.</summary>
    public IEnumerable<(string Kind, IConversion Step)> Steps => _kinds.Zip(_steps);

    /// <summary>When two of the chain's results are the same: what its last telling step makes; text otherwise.</summary>
    public ComparisonDefinition Produces { get; }

    /// <exception cref="ConversionSetupException">
    /// A map file is missing, outside of the allowed folder or not readable, or a default is no zone or region.
    /// </exception>
    public static ConversionChain Compile(IReadOnlyList<ConversionDefinition> definitions, ConversionContext context)
        => new(
            [.. definitions.Select(definition => definition.Compile(context))],
            [.. definitions.Select(definition => definition.Kind)],
            ProducedBy(definitions));

    /// <summary>The same chain with one step exchanged.</summary>
    /// <exception cref="ConversionSetupException">As for <see cref="Compile"/>.</exception>
    public ConversionChain With(int step, ConversionDefinition definition, ConversionContext context)
        => new([.. _steps[..step], definition.Compile(context), .. _steps[(step + 1)..]], [.. _kinds[..step], definition.Kind, .. _kinds[(step + 1)..]], Produces);

    /// <summary>What conversions make, and so when two of their results are the same.</summary>
    /// <returns>What the last telling step makes; text otherwise.</returns>
    public static ComparisonDefinition ProducedBy(IReadOnlyList<ConversionDefinition> definitions)
        => definitions.Select(definition => definition.Produces).LastOrDefault(produced => produced is not null)
            ?? new TextComparisonDefinition();

    /// <summary>The chain for records of a telephone region; <see langword="null"/> for none that is known.</summary>
    public ConversionChain In(string? region) => new(this, region);

    /// <summary>Converts a value, up to the first step that fails or finds a blank.</summary>
    /// <param name="scratch">Room for intermediate results; the result stays valid until it is reset.</param>
    /// <returns>The converted value, with the first remark that a step made; a blank, or a failure.</returns>
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        string? remark = null;
        foreach (IConversion step in _steps)
        {
            if (value.IsEmpty)
            {
                break;
            }

            ConvertedValue converted = step.Convert(value, scratch);
            if (converted.Failed)
            {
                return converted;
            }

            value = converted.Text;
            remark ??= converted.Remark;
        }

        return ConvertedValue.Of(value, remark);
    }
}
