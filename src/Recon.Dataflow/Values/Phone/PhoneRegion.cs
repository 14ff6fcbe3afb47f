using PhoneNumbers;

namespace Recon.Dataflow.Values.Phone;

/// <summary>Regions whose numbering plan tells what a number without a country code means.</summary>
internal static class PhoneRegion
{
    // What people dial within one area, at least.
    private const int SubscriberDigits = 7;

    internal const string Rule = "is not an ISO 3166 region with a numbering plan. Use two capitals, such as FR.";

    private static PhoneNumberUtil Util => PhoneNumberUtil.GetInstance();

    internal static IEnumerable<string> All => Util.GetSupportedRegions().Where(region => region.Length == 2);

    /// <summary>All of them: of those that share a country code, the one whose numbers most are first.</summary>
    internal static IEnumerable<string> MainFirst => All
        .OrderByDescending(region => Util.GetRegionCodeForCountryCode(Util.GetCountryCodeForRegion(region)) == region)
        .ThenBy(region => region, StringComparer.Ordinal);

    /// <summary>The region of a number that is written with its country code; <see langword="null"/> for any other text.</summary>
    internal static string? Of(string? number)
    {
        try
        {
            return number?.StartsWith('+') != true ? null : Util.GetRegionCodeForNumber(Util.Parse(number, null)) is { Length: 2 } region ? region : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    /// <summary>Whether a number is one of HubSpot's but for the country: both end in the same digits, and only HubSpot's was written with a country code.</summary>
    /// <param name="raw">The number as the file has it.</param>
    /// <param name="number">The same in E.164.</param>
    internal static bool IsOfAnotherCountry(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> number, ReadOnlySpan<byte> hubspot)
    {
        if (!hubspot.StartsWith("+"u8) || !number.StartsWith("+"u8) || raw.Contains((byte)'+') || raw.StartsWith("00"u8))
        {
            return false;
        }

        for (int same = 0; same < SubscriberDigits; same++)
        {
            byte one = TakeLastDigit(ref number);
            if (one == 0 || one != TakeLastDigit(ref hubspot))
            {
                return false;
            }
        }

        return true;
    }

    private static byte TakeLastDigit(ref ReadOnlySpan<byte> number)
    {
        int at = number.LastIndexOfAnyInRange((byte)'0', (byte)'9');
        byte digit = at < 0 ? (byte)0 : number[at];
        number = number[..Math.Max(0, at)];
        return digit;
    }

    internal static bool IsKnown(string region) => Util.GetSupportedRegions().Contains(region);

    /// <summary>The problem of a region that an option names, if there is one.</summary>
    internal static IEnumerable<(string Member, string Message)> Check(string member, string? region)
        => region is null || IsKnown(region) ? [] : [(member, $"'{region}' {Rule}")];
}
