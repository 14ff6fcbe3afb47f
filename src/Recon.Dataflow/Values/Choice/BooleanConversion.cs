using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Choice;

/// <summary>Reads a truth value from lists of texts, whatever their case.</summary>
internal sealed class BooleanConversion : IConversion
{
    private readonly Utf8Map _values;

    internal BooleanConversion(BooleanDefinition definition)
        => _values = new Utf8Map(
            definition.TrueTexts.Select(text => KeyValuePair.Create(text, "true"))
                .Concat(definition.FalseTexts.Select(text => KeyValuePair.Create(text, "false"))),
            ignoreCase: true);

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        return value.IsEmpty ? ConvertedValue.Of(default)
            : _values.TryFind(value, scratch, out byte[]? found) ? ConvertedValue.Of(found)
            : ConvertedValue.Fail(ValueRejectReasons.NotABoolean);
    }
}
