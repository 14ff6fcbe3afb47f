using System.Buffers.Binary;
using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;

namespace Recon.Discovery.Proposing.Reading;

/// <summary>
/// Writes values in one form per meaning: two are the same by a comparison when their forms are. It makes comparing thousands of values of one
/// column with those of another one a matter of numbers; what is proposed is then compared as a run does it.
/// </summary>
internal sealed class Meaning
{
    private readonly ComparisonDefinition _comparison;
    private readonly IConversion? _conversion;
    private readonly ZoneDays? _days;

    private Meaning(ComparisonDefinition comparison, IConversion? conversion, ZoneDays? days)
        => (_comparison, _conversion, _days) = (comparison, conversion, days);

    public static Meaning Of(ComparisonDefinition comparison, ConversionContext context) => new(
        comparison,
        comparison switch
        {
            BooleanComparisonDefinition => new BooleanDefinition { TrueTexts = [.. new BooleanDefinition().TrueTexts, "1.0"], FalseTexts = [.. new BooleanDefinition().FalseTexts, "0.0"] }.Compile(context),
            DomainComparisonDefinition => new DomainConversion(),
            UrlComparisonDefinition => new UrlConversion(ignoreScheme: true),
            EmailComparisonDefinition => new EmailConversion(),
            PhoneComparisonDefinition phone => new PhoneConversion(phone.Region ?? context.Defaults.PhoneRegion, isFixed: true),
            _ => null,
        },
        comparison is DateComparisonDefinition date ? date.Days(context) : null);

    /// <summary>Writes a value's form.</summary>
    /// <param name="value">A value that is not blank.</param>
    /// <param name="form">Valid until the scratch room is reset.</param>
    /// <returns>Whether the value is of the comparison's kind.</returns>
    public bool TryWrite(ReadOnlySpan<byte> value, Utf8Scratch scratch, out ReadOnlySpan<byte> form)
    {
        if (_conversion is not null)
        {
            ConvertedValue converted = _conversion.Convert(QuotedText.Strip(value), scratch);
            form = converted.Text;
            return !converted.Failed && !form.IsEmpty;
        }

        switch (_comparison)
        {
            case NumberComparisonDefinition:
                form = WrittenNumber.TryRead(value, scratch, out DecimalText number) ? number.Plain(scratch) : default;
                return !form.IsEmpty;
            case DateComparisonDefinition when _days is { } days:
                bool isDay = days.TryRead(value, out long day);
                form = Write(day, scratch);
                return isDay;
            case DatetimeComparisonDefinition:
                bool isTime = MirrorInstant.TryRead(value, out long instant);
                form = Write(instant, scratch);
                return isTime;
            case MultiSelectComparisonDefinition:
                form = List(value, scratch);
                return true;
            case EnumerationComparisonDefinition:
                form = CanonicalForm.Of(Utf8WhiteSpace.Trim(value), scratch);
                return true;
            default:
                form = CanonicalForm.Of(Spaced(Utf8WhiteSpace.Trim(value), _comparison is TextIgnoringWhitespaceComparisonDefinition, scratch), scratch);
                return true;
        }
    }

    private static ReadOnlySpan<byte> Write(long number, Utf8Scratch scratch)
    {
        Span<byte> room = scratch.Take(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(room, number);
        return room;
    }

    // One kind of space and of line end, and no invisible characters; where white space does not count, one space for each run.
    private static ReadOnlySpan<byte> Spaced(ReadOnlySpan<byte> text, bool collapse, Utf8Scratch scratch)
    {
        Span<byte> room = scratch.Take(text.Length);
        int used = 0;
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            bool isSpace = Utf8WhiteSpace.IsSpace(rune.Value);
            if (isSpace)
            {
                bool isLine = rune.Value is '\n' or '\r' && !collapse;
                bool isSecond = collapse && used > 0 && room[used - 1] == ' ';
                if (!isSecond)
                {
                    room[used++] = isLine ? (byte)'\n' : (byte)' ';
                }
            }
            else if (!Utf8WhiteSpace.IsInvisible(rune.Value))
            {
                text[..length].CopyTo(room[used..]);
                used += length;
            }

            text = rune.Value == '\r' && text.Length > 1 && text[1] == '\n' ? text[2..] : text[length..];
        }

        return room[..used];
    }

    private static ReadOnlySpan<byte> List(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        string text = Encoding.UTF8.GetString(CanonicalForm.Of(value, scratch));
        return scratch.Encode(string.Join(';', text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    }
}
