using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Time;

namespace Recon.Postgres.Runs.Gates;

/// <summary>A conversion that may read what a comparison cannot.</summary>
/// <param name="Json">The conversion as the definition spells it.</param>
internal sealed record MirrorSpelling(string Json, ConversionDefinition Conversion)
{
    /// <summary>Whether it reads all of these values.</summary>
    public bool Reads(IEnumerable<string> values, ConversionContext context)
    {
        ConversionChain chain = ConversionChain.Compile([Conversion], context);
        var scratch = new Utf8Scratch();
        return values.All(value => !chain.Convert(Encoding.UTF8.GetBytes(value), scratch).Failed);
    }
}

/// <summary>The usual spellings that nobody can tell for certain, by kind of comparison: tried on a sample, proposed, never assumed.</summary>
internal static class MirrorSpellings
{
    private static readonly NumberCulture[] s_cultures = [NumberCulture.En, NumberCulture.De];

    private static readonly string[] s_formats =
    [
        "dd/MM/yyyy[ HH:mm[:ss]]", "MM/dd/yyyy[ HH:mm[:ss]]", "dd.MM.yyyy[ HH:mm[:ss]]", "dd-MM-yyyy[ HH:mm[:ss]]", "epoch-seconds",
    ];

    public static IEnumerable<MirrorSpelling> Of(string comparison) => comparison switch
    {
        "number" => s_cultures.Select(culture => new MirrorSpelling(
            $"{{ \"kind\": \"number\", \"culture\": \"{culture.ToString().ToLowerInvariant()}\" }}", new NumberDefinition { Culture = culture })),
        "date" => s_formats.Select(format => new MirrorSpelling(
            $"{{ \"kind\": \"date\", \"formats\": [\"{format}\"] }}", new DateDefinition { Formats = [format] })),
        "datetime" => s_formats.Select(format => new MirrorSpelling(
            $"{{ \"kind\": \"datetime\", \"zone\": \"UTC\", \"formats\": [\"{format}\"] }}",
            new DatetimeDefinition { Zone = "UTC", Formats = [format] })),
        _ => [],
    };
}
