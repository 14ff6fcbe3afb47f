using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;

namespace Recon.Discovery.Proposing;

/// <summary>How ids are spelled on both sides, so that a run finds what was found here.</summary>
/// <param name="Asked">Distinct ids of the file, as it spells them.</param>
/// <param name="Shared">Those that a run finds in the mirror so.</param>
/// <param name="Doubt">Why it may be another spelling, as a part of a sentence; <see langword="null"/> for nothing.</param>
/// <param name="Other">The spelling that it may be, with what it finds; <see langword="null"/> for none.</param>
internal sealed record IdSpelling(
    IdType Type, IdForm Form, MirrorKeys Mirror, long Asked, long Shared, string Evidence, string? Doubt, (IdForm Form, MirrorKeys Mirror, string Evidence)? Other)
{
    private const double NearlyAll = 0.995;
    private const double HardlyAny = 0.1;
    private const int FewExact = 10;

    // Records that only a looser form finds agree with their mirror records nearly as much as the others do.
    private const double AgreesAsMuch = 0.6;

    // The others are rejected as malformed: a spreadsheet's 1,234 is no reason to take all ids as texts.
    private const double MostAreNumbers = 0.9;

    /// <summary>The type of ids.</summary>
    /// <param name="file">Ids as the file spells them.</param>
    public static IdType TypeOf(IReadOnlyCollection<string> file)
        => file.Count(id => KeyOf(id, IdType.Number, IdForm.Exact) is not null) >= file.Count * MostAreNumbers ? IdType.Number : IdType.Text;

    /// <summary>
    /// Chooses the strictest spelling under which as many ids meet as under any. A looser one makes ids the same that differ: that must not make
    /// two of one side one, and what only it finds has to agree.
    /// </summary>
    /// <param name="file">Distinct ids as the file spells them.</param>
    /// <param name="mirror">Ids as the mirror spells them.</param>
    /// <param name="type">The type of the mirror's column.</param>
    /// <param name="joined">Records of the file beside mirror records whose ids have the same core.</param>
    public static IdSpelling Of(IReadOnlyCollection<string> file, IReadOnlyCollection<string> mirror, MirrorType type, IReadOnlyList<JoinedIds> joined)
    {
        IdType idType = TypeOf(file);
        (IdForm Form, MirrorKeys Mirror)[] spellings =
        [
            (IdForm.Exact, MirrorKeys.Exact),
            .. idType == IdType.Number && type == MirrorType.Text ? [(IdForm.Exact, MirrorKeys.Decimal)] : ((IdForm, MirrorKeys)[])[],
            (IdForm.Trim, MirrorKeys.Exact),
            (IdForm.Decimal, MirrorKeys.Exact),
            (IdForm.NoLeadingZeros, MirrorKeys.Exact),
        ];
        if (type == MirrorType.Uuid)
        {
            spellings = [spellings[0]];
        }

        Keys[] keys = [.. spellings.Select(spelling => new Keys(idType, spelling.Form, spelling.Mirror, type == MirrorType.Uuid))];
        int[] shared = [.. keys.Select(each => each.Shared(file, mirror))];
        int loosest = Array.FindIndex(shared, count => count >= shared.Max() * NearlyAll);
        string? doubt = null;
        int chosen = loosest;
        if (loosest > 0 && WhyNot(keys[0], keys[loosest], file, mirror, joined) is { } why)
        {
            int stricter = Enumerable.Range(0, loosest).Where(at => at == 0 || WhyNot(keys[0], keys[at], file, mirror, joined) is null).OrderByDescending(at => shared[at]).ThenBy(at => at).First();
            chosen = shared[stricter] < shared[loosest] * HardlyAny ? loosest : stricter;
            doubt = $"{Words(spellings[loosest])}, {shared[loosest]:N0} of {file.Count:N0} are found, but {why}";
        }

        int? other = doubt is null ? null : chosen == loosest ? 0 : loosest;
        return new IdSpelling(
            idType, spellings[chosen].Form, spellings[chosen].Mirror, file.Count, shared[chosen], Words(spellings[chosen]), doubt,
            other is { } at ? (spellings[at].Form, spellings[at].Mirror, $"{shared[at]:N0} of {file.Count:N0} distinct values are found, {Words(spellings[at])}") : null);
    }

    private static string Words((IdForm, MirrorKeys) spelling) => spelling switch
    {
        (IdForm.Exact, MirrorKeys.Exact) => "as both sides spell them",
        (IdForm.Exact, MirrorKeys.Decimal) => "the mirror's without a tail .0",
        (IdForm.Trim, _) => "without white space around them",
        (IdForm.Decimal, _) => "without a tail .0",
        _ => "without zeros in front",
    };

    // What speaks against a looser spelling, as a part of a sentence.
    private static string? WhyNot(Keys exact, Keys loose, IReadOnlyCollection<string> file, IReadOnlyCollection<string> mirror, IReadOnlyList<JoinedIds> joined)
    {
        int same = Merged(file, exact.OfFile, loose.OfFile);
        if (same > 0)
        {
            return $"{same:N0} ids of the file would be another one's";
        }

        same = Merged(mirror, exact.OfMirror, loose.OfMirror);
        if (same > 0)
        {
            return $"{same:N0} ids of the mirror would be another one's";
        }

        (int Records, long Agree, long Of) known = (0, 0, 0);
        (int Records, long Agree, long Of) added = (0, 0, 0);
        foreach (JoinedIds pair in joined)
        {
            if (exact.Meet(pair))
            {
                known = (known.Records + 1, known.Agree + pair.Agree, known.Of + pair.Compared);
            }
            else if (loose.Meet(pair))
            {
                added = (added.Records + 1, added.Agree + pair.Agree, added.Of + pair.Compared);
            }
        }

        return known.Records < FewExact || known.Of == 0 || added.Records == 0 ? null
            : added.Of == 0 ? $"the {added.Records:N0} records that are found only so have no values to compare"
            : added.Agree / (double)added.Of < AgreesAsMuch * known.Agree / known.Of ? $"the {added.Records:N0} records that are found only so do not agree with what they meet"
            : null;
    }

    private static int Merged(IEnumerable<string> ids, Func<string, string?> exact, Func<string, string?> loose)
        => ids.Select(id => (Exact: exact(id) ?? id, Loose: loose(id))).Where(id => id.Loose is not null).Distinct().GroupBy(id => id.Loose, StringComparer.Ordinal).Sum(same => same.Count() - 1);

    private static string? KeyOf(string id, IdType type, IdForm form)
        => LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(id), type, out ReadOnlySpan<byte> canonical, out _)
            ? Encoding.UTF8.GetString(IdForms.KeyOf(canonical, form))
            : null;

    // What a run compares of each side.
    private sealed record Keys(IdType Type, IdForm Form, MirrorKeys Mirror, bool AreUuids)
    {
        public string? OfFile(string id) => AreUuids && Guid.TryParse(id, out Guid uuid) ? uuid.ToString() : KeyOf(id, Type, Form);

        public string OfMirror(string id)
            => Mirror == MirrorKeys.Decimal && id.EndsWith(".0", StringComparison.Ordinal) ? id[..^2] : Encoding.UTF8.GetString(IdForms.KeyOf(Encoding.UTF8.GetBytes(id), Form));

        public bool Meet(JoinedIds pair) => OfFile(pair.File) == OfMirror(pair.Mirror);

        public int Shared(IEnumerable<string> file, IEnumerable<string> mirror)
        {
            HashSet<string> keys = [.. mirror.Select(OfMirror)];
            return file.Count(id => OfFile(id) is { } key && keys.Contains(key));
        }
    }
}

/// <summary>The ids of a record of the file and of a mirror record, as each side spells them.</summary>
/// <param name="Agree">Properties whose values agree.</param>
/// <param name="Compared">Properties with a value on both sides.</param>
internal readonly record struct JoinedIds(string File, string Mirror, int Agree, int Compared);
