using System.Text.Json;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Values;
using Recon.Discovery.Profiling;

namespace Recon.Cli.Rendering;

/// <summary>A file's profile as JSON.</summary>
internal sealed record ProfileDocument(
    string File,
    long Bytes,
    long BytesSeen,
    long Records,
    long Malformed,
    ProfileCsvDocument Csv,
    IReadOnlyList<string> Nulls,
    IReadOnlyList<ProfileColumnDocument> Columns,
    IReadOnlyList<ProfileDamageDocument> Damage,
    IReadOnlyList<string> Notes)
{
    /// <param name="values">Whether the most frequent values are shown, which may be personal data.</param>
    public static ProfileDocument Of(FileProfile profile, bool values) => new(
        profile.Path,
        profile.Bytes,
        profile.BytesSeen,
        profile.Records,
        profile.Malformed,
        new(
            FoundDocument.Of(profile.Encoding, text => text),
            FoundDocument.Of(profile.Delimiter, text => text),
            FoundDocument.Of(profile.Quote, text => text),
            FoundDocument.Of(profile.Escape, Name),
            profile.RecordSeparator,
            new(profile.Header.Value, profile.Header.IsCertain, profile.Header.Evidence, [.. profile.Header.Others.Select(other => new OtherFlagDocument(other.Value, other.Evidence))])),
        profile.Nulls,
        [.. profile.Columns.Select(column => Column(column, values))],
        [.. profile.Damage.Select(damage => new ProfileDamageDocument(Name(damage.Kind), damage.Column, damage.Values, damage.Of, damage.Message))],
        profile.Notes);

    private static ProfileColumnDocument Column(ColumnProfile column, bool values) => new(
        column.Name,
        column.Filled,
        column.Distinct,
        column.IsDistinctCapped,
        column.Longest,
        Name(column.Kind.Value),
        column.Kind.IsCertain,
        column.Kind.Evidence,
        [.. column.Kind.Others.Select(other => new OtherTextDocument(Name(other.Value), other.Evidence))],
        column.Conversion is { } found ? Conversion(found) : null,
        [.. column.Nulls.Select(Count)],
        values ? [.. column.Frequent.Select(Count)] : null);

    private static ConversionFoundDocument Conversion(Found<ConversionDefinition> found) => new(
        new(RecordJson.Of(found.Value)), found.IsCertain, found.Evidence, [.. found.Others.Select(other => new OtherConversionDocument(new(RecordJson.Of(other.Value)), other.Evidence))]);

    private static ValueCountDocument Count(ValueCount count) => new(count.Value, count.Records);

    private static string Name<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}

internal sealed record ProfileCsvDocument(
    FoundDocument Encoding, FoundDocument Delimiter, FoundDocument Quote, FoundDocument Escape, string? RecordSeparator, FoundFlagDocument Header);

internal sealed record FoundDocument(string Value, bool Certain, string Evidence, IReadOnlyList<OtherTextDocument> Others)
{
    public static FoundDocument Of<T>(Found<T> found, Func<T, string> text)
        => new(text(found.Value), found.IsCertain, found.Evidence, [.. found.Others.Select(other => new OtherTextDocument(text(other.Value), other.Evidence))]);
}

internal sealed record OtherTextDocument(string Value, string Evidence);

internal sealed record FoundFlagDocument(bool Value, bool Certain, string Evidence, IReadOnlyList<OtherFlagDocument> Others);

internal sealed record OtherFlagDocument(bool Value, string Evidence);

internal sealed record ConversionFoundDocument(RawJson Value, bool Certain, string Evidence, IReadOnlyList<OtherConversionDocument> Others);

internal sealed record OtherConversionDocument(RawJson Value, string Evidence);

internal sealed record ProfileColumnDocument(
    string Name,
    long Filled,
    long Distinct,
    bool DistinctCapped,
    int Longest,
    string Kind,
    bool Certain,
    string Evidence,
    IReadOnlyList<OtherTextDocument> Others,
    ConversionFoundDocument? Conversion,
    IReadOnlyList<ValueCountDocument> Nulls,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ValueCountDocument>? Values);

internal sealed record ValueCountDocument(string Value, long Records);

internal sealed record ProfileDamageDocument(string Kind, string? Column, long Values, long Of, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProfileDocument))]
internal sealed partial class ProfileJson : JsonSerializerContext;
