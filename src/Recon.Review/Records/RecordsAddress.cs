using Recon.Postgres.Queries.Review;

namespace Recon.Review.Records;

/// <summary>The addresses of lists and records: all that a page shows is in its address.</summary>
internal static class RecordsAddress
{
    public const string List = "/records";
    public const string Facets = "/records/facets";
    public const string Record = "/record";
    public const string NextRecord = "/record/next";
    public const string Reveal = "/record/reveal";

    /// <summary>Where somebody decides about records.</summary>
    private const string Judge = "/judge";

    public const string Pipeline = "pipeline";
    public const string After = "after";
    public const string Id = "id";

    /// <param name="after">The page after a record; <see langword="null"/> for the first one.</param>
    public static string OfList(string pipeline, ReviewFilter filter, string? after = null, string path = List)
        => With(path, [(Pipeline, pipeline), (After, after)], filter);

    /// <param name="filter">The list that it is shown in.</param>
    public static string OfRecord(string pipeline, string legacyId, ReviewFilter filter, string path = Record)
        => With(path, [(Pipeline, pipeline), (Id, legacyId)], filter);

    /// <summary>Where somebody decides about a record of a status.</summary>
    public static string OfJudging(string pipeline, string status, string legacyId)
        => With(Judge, [(Pipeline, pipeline), ("at", legacyId)], ReviewFilter.All with { Status = status });

    private static string With(string path, IEnumerable<(string Name, string? Value)> values, ReviewFilter filter)
    {
        IEnumerable<string> parts = values.Where(value => value.Value is not null).Select(value => $"{value.Name}={Uri.EscapeDataString(value.Value!)}");
        string query = filter.ToQuery();
        return $"{path}?{string.Join('&', query.Length == 0 ? parts : [.. parts, query])}";
    }
}
