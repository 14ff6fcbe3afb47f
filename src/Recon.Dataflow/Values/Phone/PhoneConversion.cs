using System.Text;
using System.Text.RegularExpressions;
using PhoneNumbers;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Phone;

/// <summary>Writes a telephone number in E.164. The library is slow, so that the last few thousand numbers are kept.</summary>
internal sealed partial class PhoneConversion : IConversion
{
    private const int Slots = 4096;
    private const int Longest = 250;

    // As many digits as Extended() takes.
    private const int LongestExtension = 9;

    // The library's name for none.
    private const string UnknownRegion = "ZZ";

    private static readonly PhoneNumberUtil s_util = PhoneNumberUtil.GetInstance();

    // Several batches read and write: an entry never changes, so that a slot is exchanged as a whole.
    private readonly Entry?[] _recent = new Entry?[Slots];

    private readonly string? _region;
    private readonly bool _isFixed;

    /// <param name="region">The region of numbers without a country code; <see langword="null"/> where it is not known.</param>
    /// <param name="isFixed">Whether the region holds for every record, whatever its own.</param>
    internal PhoneConversion(string? region, bool isFixed)
    {
        _region = region is null || PhoneRegion.IsKnown(region) ? region
            : throw new ConversionSetupException($"The telephone region '{region}' {PhoneRegion.Rule}");
        _isFixed = isFixed;
    }

    public IConversion In(string? region) => _isFixed || region == _region ? this : new PhoneConversion(region, isFixed: false);

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        if (value.IsEmpty)
        {
            return ConvertedValue.Of(default);
        }

        if (value.Length > Longest)
        {
            return ConvertedValue.Fail(ValueRejectReasons.NotAPhone);
        }

        int slot = (int)(KeyHash.Of(value) % Slots);
        Entry? entry = Volatile.Read(ref _recent[slot]);
        if (entry is null || !value.SequenceEqual(entry.Value))
        {
            (byte[] number, bool isValid) = Parse(Encoding.UTF8.GetString(value));
            entry = new Entry(value.ToArray(), number, isValid ? null : ValueRemarks.NumberInvalid);
            Volatile.Write(ref _recent[slot], entry);
        }

        return entry.Number.Length == 0
            ? ConvertedValue.Fail(_region is null && !value.Contains((byte)'+') ? ValueRejectReasons.RegionUnknown : ValueRejectReasons.NotAPhone)
            : ConvertedValue.Of(entry.Number, entry.Remark);
    }

    private (byte[] Number, bool IsValid) Parse(string text)
    {
        // The library would dial letters: SVP as 787, with a number of somebody else as the result.
        // What stands before the number it leaves out.
        text = string.Concat(text.SkipWhile(character => !char.IsDigit(character) && character is not ('+' or '\uFF0B')));
        if (text.Any(char.IsLetter))
        {
            if (Extended().Match(text) is not { Success: true } parts)
            {
                return ([], false);
            }

            text = $"{parts.Groups["number"].Value} ext {parts.Groups["extension"].Value}";
        }

        try
        {
            PhoneNumber number = s_util.Parse(text, _region ?? UnknownRegion);
            if (!s_util.IsPossibleNumber(number))
            {
                return ([], false);
            }

            // After a semicolon the library takes up to 15 digits, which may be another number: more than are read back are none.
            string extension = number.HasExtension ? PhoneNumberUtil.NormalizeDigitsOnly(number.Extension) : "";
            if (extension.Length > LongestExtension)
            {
                return ([], false);
            }

            string e164 = s_util.Format(number, PhoneNumberFormat.E164);
            return (Encoding.UTF8.GetBytes(extension.Length == 0 ? e164 : $"{e164} ext {extension}"), s_util.IsValidNumber(number));
        }
        catch (NumberParseException)
        {
            return ([], false);
        }
    }

    // A number without letters, then an extension as people write it.
    [GeneratedRegex(
        @"^(?<number>\P{L}*?)[\s,;./(-]*(?:extensi(?:on|ón)|e?xtn?|x|poste|int|anexo|доб)[\s.:=#]*(?<extension>[0-9]{1,9})[\s)]*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Extended();

    private sealed record Entry(byte[] Value, byte[] Number, string? Remark);
}
