using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Matching;
using Recon.Postgres.Discovery;

namespace Recon.Discovery.Proposing;

/// <summary>What is proposed of the id and the mirror's key, and what is asked about them.</summary>
internal static class KeyProposal
{
    private const double NearScore = 0.7;

    // As the mirror spells them. Where a sample of it was searched, the chosen column is searched as a whole.
    public static async Task<(IReadOnlyList<string> Keys, string OfSample)> KeysAsync(NpgsqlConnection connection, KeyChoice choice, TimeSpan limit, CancellationToken cancellationToken)
    {
        KeyCandidate key = choice.Candidates[0];
        IReadOnlyList<IdHit>? hits = choice.Scan.IsSampled
            ? await IdScan.CountAsync(connection, choice.Scan.Table, key.Column, IdCores.Asked(key.File.Cores), limit, cancellationToken)
            : null;
        return (Hits(hits ?? choice.Scan.Hits, key), hits is null && choice.Scan.IsSampled
            ? $" (of {choice.Scan.Percent:0.#} % of the table: searching {key.Column} as a whole took longer than {limit.TotalSeconds:0} s; an index on it helps)" : "");
    }

    public static string[] Hits(IEnumerable<IdHit> hits, KeyCandidate key)
        => [.. hits.Where(hit => hit.Column == key.Column && key.File.Cores.Contains(IdCores.Of(hit.Value))).Select(hit => hit.Value)];

    // Another column for the same side, or one by which as many records meet and that is no less an id.
    private static KeyCandidate? Rival(KeyChoice choice)
    {
        KeyCandidate key = choice.Candidates[0];
        return choice.Candidates.Skip(1).FirstOrDefault(other => other.Score >= key.Score * NearScore && !other.IsValue && (
            other.File == key.File || other.Column == key.Column || other.Name >= key.Name
            || (other.File.Uniqueness >= key.File.Uniqueness * 0.98 && other.File.Coverage >= key.File.Coverage * 0.98
                && other.Share >= key.Share * 0.97 && other.Name >= key.Name - 0.35)));
    }

    public static Question? QuestionOf(KeyChoice choice, IdProposal id, Func<KeyCandidate, IdProposal> propose)
    {
        if (Rival(choice) is not { } rival)
        {
            return null;
        }

        IdProposal other = propose(rival);
        return new Question(
            "id",
            $"Which column identifies the records? {id.Column} with {id.Key} and {other.Column} with {other.Key} meet about as often.",
            [
                new QuestionOption($"{id.Column} = {id.Key}", id.Evidence, proposal => proposal with { Id = id }),
                new QuestionOption($"{other.Column} = {other.Key}", other.Evidence, proposal => proposal with
                {
                    Id = other,
                    Properties = [.. proposal.Properties.Where(property => property.Definition.Column != other.Column && property.Definition.Mirror != other.Key)],
                }),
            ]);
    }

    public static IdSpelling SpellingOf(FileSample file, MirrorSample mirror, KeyCandidate key, IReadOnlyCollection<string> keys, IReadOnlyList<JoinedIds> joined)
        => IdSpelling.Of(
            [.. file.Rows.Select(row => row[key.File.Index]).OfType<string>().Distinct(StringComparer.Ordinal).Where(id => key.File.Cores.Contains(IdCores.Of(id)))],
            keys, mirror.TypeOf(key.Column), joined);

    // How much the records agree that are proposed to be the same.
    public static IReadOnlyList<JoinedIds> Joined(PairedRows pairs, KeyCandidate key, IReadOnlyList<PropertyChoice> choices)
    {
        byte[]?[] files = pairs.FileValues(key.File.Index);
        byte[]?[] mirrors = pairs.MirrorValues(pairs.MirrorIndex(key.Column));
        PropertyChoice[] active = [.. choices.Where(choice => choice.IsActive)];
        List<JoinedIds> joined = [];
        for (int at = 0; at < pairs.Count; at++)
        {
            if (files[at] is { } file && mirrors[at] is { } mirror)
            {
                joined.Add(new JoinedIds(
                    Encoding.UTF8.GetString(file),
                    Encoding.UTF8.GetString(mirror),
                    active.Count(choice => choice.Candidate.Agrees[at]),
                    active.Count(choice => pairs.FileValues(choice.Candidate.File)[at] is not null && pairs.MirrorValues(choice.Candidate.Mirror)[at] is not null)));
            }
        }

        return joined;
    }

    public static IdProposal Of(KeyCandidate key, KeyChoice choice, IdSpelling spelling, string hubspotId, string ofSample)
    {
        KeyCandidate? second = Rival(choice);
        bool isAlone = second is null;
        return new IdProposal(
            key.File.Name, key.Column, hubspotId, spelling.Type, spelling.Form, spelling.Mirror, spelling.Asked, spelling.Shared,
            isAlone && spelling.Doubt is null && key.Agreeing >= 0.75 && !key.IsHubspotId,
            $"{spelling.Shared:N0} of {spelling.Asked:N0} distinct values are in {key.Column}{ofSample}, {spelling.Evidence}; about {key.Agreeing:0} other columns agree in the records that it joins"
                + (spelling.Doubt is null ? "" : $"; {spelling.Doubt}")
                + (second is null ? "" : $"; {second.File.Name} with {second.Column} comes near"));
    }

    public static Question? SpellingQuestion(IdProposal id, IdSpelling spelling)
        => spelling.Other is not { } other ? null : new Question(
            "idForm",
            $"How are the ids of {id.Column} and of {id.Key} compared? {spelling.Doubt}.",
            [
                Option(id, id.Form, id.MirrorKeys, $"{spelling.Shared:N0} of {spelling.Asked:N0} distinct values are found, {spelling.Evidence}"),
                Option(id, other.Form, other.Mirror, other.Evidence),
            ]);

    private static QuestionOption Option(IdProposal id, IdForm form, MirrorKeys keys, string evidence) => new(
        keys == MirrorKeys.Decimal ? "the mirror's without a tail .0" : form switch
        {
            IdForm.Exact => "exactly",
            IdForm.Trim => "without white space around them",
            IdForm.Decimal => "without a tail .0",
            _ => "without zeros in front",
        },
        evidence,
        proposal => proposal.Id.Column != id.Column ? proposal : proposal with { Id = proposal.Id with { Form = form, MirrorKeys = keys } });
}
