using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>Reads a calendar day, as it is written.</summary>
internal sealed class DateConversion(DateDefinition definition) : IConversion
{
    private readonly TimeReader _reader = new(definition.Formats);

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        return value.IsEmpty ? ConvertedValue.Of(default)
            : _reader.TryRead(value, out WallTime time) ? ConvertedValue.Of(Calendar.WriteDay(time.Day, scratch))
            : ConvertedValue.Fail(ExcelDate.LooksDestroyed(value) ? ValueRejectReasons.DateLost : ValueRejectReasons.NotADate);
    }
}
