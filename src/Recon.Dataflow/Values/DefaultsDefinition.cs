using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values;

/// <summary>Settings that every pipeline starts from.</summary>
internal sealed record DefaultsDefinition
{
    /// <summary>IANA zone of legacy local times.</summary>
    [Option("IANA time zone of legacy times that carry no offset.")]
    public string TimeZone { get; init; } = "Europe/Paris";

    /// <summary>Spellings that mean null, compared exactly after trimming. Empty is always null.</summary>
    [Option("Texts that mean \"no value\", compared exactly after trimming. Empty always does.")]
    public IReadOnlyList<string> Nulls { get; init; } = ["NULL", "N/A", "-", "#AUTO#"];

    /// <summary>ISO 3166 region of phone numbers without a country code.</summary>
    [Option("ISO 3166 region of phone numbers that carry no country code.")]
    public string PhoneRegion { get; init; } = "FR";
}
