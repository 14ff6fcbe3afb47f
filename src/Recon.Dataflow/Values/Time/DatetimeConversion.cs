using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>Reads a time into UTC.</summary>
internal sealed class DatetimeConversion(DatetimeDefinition definition, string defaultZone) : IConversion
{
    private readonly TimeReader _reader = new(definition.Formats);
    private readonly LocalZone _zone = new(definition.Zone ?? defaultZone);
    private readonly AmbiguousTime _ambiguous = definition.Ambiguous;
    private readonly NonexistentTime _nonexistent = definition.Nonexistent;

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        if (value.IsEmpty)
        {
            return ConvertedValue.Of(default);
        }

        if (!_reader.TryRead(value, out WallTime time))
        {
            return ConvertedValue.Fail(ExcelDate.LooksDestroyed(value) ? ValueRejectReasons.DateLost : ValueRejectReasons.NotADate);
        }

        string? remark = null;
        int offset = 0;
        if (time.Offset is null)
        {
            switch (_zone.Find(time.LocalMilliseconds, out offset, out int later))
            {
                case LocalTimeKind.Ambiguous when _ambiguous == AmbiguousTime.Reject:
                    return ConvertedValue.Fail(ValueRejectReasons.TimeAmbiguous);
                case LocalTimeKind.Ambiguous:
                    offset = _ambiguous == AmbiguousTime.Later ? later : offset;
                    remark = ValueRemarks.TimeAmbiguous;
                    break;
                case LocalTimeKind.Skipped when _nonexistent == NonexistentTime.Reject:
                    return ConvertedValue.Fail(ValueRejectReasons.TimeSkipped);
                case LocalTimeKind.Skipped:
                    remark = ValueRemarks.TimeSkipped;
                    break;
                default:
                    break;
            }
        }

        ReadOnlySpan<byte> text = Calendar.WriteInstant(time.Instant(offset), scratch);
        return text.IsEmpty ? ConvertedValue.Fail(ValueRejectReasons.NotADate) : ConvertedValue.Of(text, remark);
    }
}
