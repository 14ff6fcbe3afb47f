using PhoneNumbers;

namespace Recon.Dataflow.Values.Phone;

/// <summary>Regions whose numbering plan tells what a number without a country code means.</summary>
internal static class PhoneRegion
{
    internal const string Rule = "is not an ISO 3166 region with a numbering plan. Use two capitals, such as FR.";

    internal static IEnumerable<string> All => PhoneNumberUtil.GetInstance().GetSupportedRegions().Where(region => region.Length == 2);

    internal static bool IsKnown(string region) => PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(region);

    /// <summary>The problem of a region that an option names, if there is one.</summary>
    internal static IEnumerable<(string Member, string Message)> Check(string member, string? region)
        => region is null || IsKnown(region) ? [] : [(member, $"'{region}' {Rule}")];
}
