using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values;

/// <summary>Settings that every pipeline starts from.</summary>
internal sealed record DefaultsDefinition
{
    [Option("IANA time zone of legacy times that carry no offset.")]
    public string TimeZone { get; init; } = "Europe/Paris";

    [Option("Texts that mean \"no value\", compared exactly after trimming. Empty always does.")]
    public IReadOnlyList<string> Nulls { get; init; } = ["NULL", "N/A", "-", "#AUTO#"];

    [Option("ISO 3166 region of phone numbers that carry no country code.")]
    public string PhoneRegion { get; init; } = "FR";
}
