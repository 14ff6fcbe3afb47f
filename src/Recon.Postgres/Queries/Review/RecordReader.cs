using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Postgres.Runs;

namespace Recon.Postgres.Queries.Review;

/// <summary>One staged record, beside what the mirror holds now.</summary>
/// <param name="row">The row as it is in lists.</param>
/// <param name="legacyProperties">Its raw values, as they are staged.</param>
internal sealed partial class RecordReader(RunContext context, StagedComparison comparison, ReviewRow row, string legacyProperties, Guid? run)
{
    /// <summary>Candidates that are read; a record with more of them is no work for the eye.</summary>
    public const int MostCandidates = 50;

    private readonly StageBlockDefinition _stage = context.Pipeline.Stage;

    public async Task<ReviewedRecord> ReadAsync(CancellationToken token)
    {
        IReadOnlyList<PropertyVerdict> verdicts;
        bool isMissing = false;
        if (row.HubspotId is { } id)
        {
            using LookupAnswer answer = await comparison.ReadAsync(context.Sources, [id], token);
            isMissing = answer.Rows.Count == 0;
            verdicts = Compare(isMissing ? null : answer.Rows, 0);
        }
        else
        {
            verdicts = Compare(null, 0);
        }

        return new ReviewedRecord(row, [.. verdicts.Select(Told)], Raw(), Parents(), run, isMissing);
    }

    public ReviewRow Row => row;

    /// <summary>What the record was when it was looked at.</summary>
    public string Hash => RecordHash.Of(Raw().Where(value => value.Value is not null).Select(value => KeyValuePair.Create(value.Key, value.Value!)));

    /// <summary>The ids of the HubSpot records between which nothing decided; none for a record that is not ambiguous.</summary>
    public IReadOnlyList<long> Candidates => row.Status == "ambiguous" ? [.. CandidateIds(row.Notes).Take(MostCandidates)] : [];

    /// <summary>Compares the record with HubSpot records.</summary>
    /// <param name="answer">What the mirror holds of them, and perhaps of others.</param>
    public IReadOnlyList<ReviewCandidate> Compare(IReadOnlyList<long> ids, LookupAnswer answer)
    {
        Dictionary<long, int> at = [];
        for (int index = 0; index < answer.Rows.Count; index++)
        {
            at[answer.Rows.HubspotId(index)] = index;
        }

        (long Id, IReadOnlyList<PropertyVerdict> Verdicts)[] compared =
            [.. ids.Select(id => (id, at.TryGetValue(id, out int index) ? Compare(answer.Rows, index) : []))];
        return
        [
            .. compared.Select(each => new ReviewCandidate(
                each.Id,
                [
                    .. each.Verdicts.Select((verdict, index) => new CandidateProperty(
                        verdict.Property, verdict.Converted ?? verdict.Raw, verdict.Hubspot, StandingOf(verdict), verdict.Rule,
                        compared.Where(other => other.Verdicts.Count > 0).Select(other => (StandingOf(other.Verdicts[index]), IsSame(other.Verdicts[index]) ? null : other.Verdicts[index].Hubspot)).Distinct().Skip(1).Any())),
                ],
                each.Verdicts.Count == 0,
                HashOf(each.Verdicts))),
        ];
    }

    /// <summary>The candidates that the notes of an ambiguous record name; the one HubSpot record that several legacy records claim.</summary>
    public static IReadOnlyList<long> CandidateIds(string? notes)
    {
        if (notes is null)
        {
            return [];
        }

        Match listed = Listed().Match(notes);
        Match claimed = listed.Success ? listed : Claimed().Match(notes);
        return claimed.Success
            ? [.. claimed.Groups[1].Value.Split(", ").Select(id => long.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture))]
            : [];
    }

    private IReadOnlyList<PropertyVerdict> Compare(MirrorRows? rows, int index)
        => comparison.Compare(row.LegacyId!, legacyProperties, Parents().Where(parent => parent.HubspotId is not null).ToDictionary(parent => parent.Lookup, parent => parent.HubspotId!.Value), rows, index);

    private ReviewedProperty Told(PropertyVerdict verdict)
    {
        PropertyPlan plan = comparison.Properties.First(property => property.Definition.Property == verdict.Property);
        StagedChange? change = row.Changes.FirstOrDefault(each => each.Property == verdict.Property);
        bool wouldChange = verdict.Kind == VerdictKind.Change;
        string? hubspot = change is { } staged ? staged.Old : verdict.Hubspot;
        return new ReviewedProperty(
            verdict.Property,
            plan.SourceLabel,
            verdict.Raw,
            verdict.Converted,
            hubspot,
            change is null ? hubspot : change.New,
            change is not null,
            verdict.Kind,
            verdict.Rule,
            row.HubspotId is not null && (wouldChange != change is not null || (change is not null && (change.Old != verdict.Hubspot || change.New != verdict.Converted))));
    }

    private List<KeyValuePair<string, string?>> Raw()
    {
        using JsonDocument document = JsonDocument.Parse(legacyProperties);
        return [.. document.RootElement.EnumerateObject().Select(value => KeyValuePair.Create(value.Name, value.Value.GetString()))];
    }

    private List<ReviewedParent> Parents()
    {
        Dictionary<string, string?> columns = new(row.Columns);
        return
        [
            .. StagingReader.ParentColumns(_stage).Where(parent => columns.GetValueOrDefault(parent.Legacy) is not null).Select(parent => new ReviewedParent(
                parent.Lookup,
                columns[parent.Legacy]!,
                long.TryParse(columns.GetValueOrDefault(parent.Hubspot), NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null)),
        ];
    }

    private static CandidateStanding StandingOf(PropertyVerdict verdict) => verdict.Kind switch
    {
        VerdictKind.ValueRejected or VerdictKind.NotApplicable or VerdictKind.NoRecord => CandidateStanding.Unknown,
        VerdictKind.Same when verdict.Converted is null => CandidateStanding.BothEmpty,
        VerdictKind.Same or VerdictKind.SameByMeaning => CandidateStanding.Agrees,
        _ when verdict.Converted is null => CandidateStanding.LegacyEmpty,
        _ when verdict.Hubspot is null => CandidateStanding.HubspotEmpty,
        _ => CandidateStanding.Differs,
    };

    private static bool IsSame(PropertyVerdict verdict) => verdict.Kind is VerdictKind.Same or VerdictKind.SameByMeaning;

    private static string HashOf(IReadOnlyList<PropertyVerdict> verdicts)
    {
        var text = new StringBuilder();
        foreach (PropertyVerdict verdict in verdicts)
        {
            text.Append(verdict.Property).Append('\0').Append(verdict.Hubspot).Append('\0');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }

    [GeneratedRegex(@"(?:^|; )[0-9]+ HubSpot records by [^;]*: ([0-9]{1,18}(?:, [0-9]{1,18})*)(?:$|;)")]
    private static partial Regex Listed();

    [GeneratedRegex(@"^HubSpot record ([0-9]{1,18}) is claimed by ")]
    private static partial Regex Claimed();
}
