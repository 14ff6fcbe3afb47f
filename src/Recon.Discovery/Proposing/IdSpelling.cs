using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;

namespace Recon.Discovery.Proposing;

/// <summary>How ids are spelled on both sides, so that a run finds what was found here.</summary>
internal sealed record IdSpelling(IdType Type, IdForm Form, MirrorKeys Mirror, string Evidence)
{
    private const double NearlyAll = 0.995;

    // The others are rejected as malformed: a spreadsheet's 1,234 is no reason to take all ids as texts.
    private const double MostAreNumbers = 0.9;

    /// <summary>Chooses the strictest spelling under which as many ids meet as under any.</summary>
    /// <param name="file">Ids as the file spells them.</param>
    /// <param name="mirror">Ids as the mirror spells them.</param>
    /// <param name="type">The type of the mirror's column.</param>
    public static IdSpelling Of(IReadOnlyCollection<string> file, IReadOnlyCollection<string> mirror, MirrorType type)
    {
        bool areNumbers = file.Count(id => KeyOf(id, IdType.Number, IdForm.Exact) is not null) >= file.Count * MostAreNumbers;
        (IdType Type, IdForm Form, MirrorKeys Mirror)[] spellings =
        [
            .. areNumbers ? [(IdType.Number, IdForm.Exact, MirrorKeys.Exact), (IdType.Number, IdForm.Exact, MirrorKeys.Decimal)] : ((IdType, IdForm, MirrorKeys)[])[],
            .. areNumbers ? [] : ((IdType, IdForm, MirrorKeys)[])[(IdType.Text, IdForm.Exact, MirrorKeys.Exact)],
            (areNumbers ? IdType.Number : IdType.Text, IdForm.Trim, MirrorKeys.Exact),
            (areNumbers ? IdType.Number : IdType.Text, IdForm.Decimal, MirrorKeys.Exact),
            (areNumbers ? IdType.Number : IdType.Text, IdForm.NoLeadingZeros, MirrorKeys.Exact),
        ];
        int[] shared = [.. spellings.Select(spelling => spelling.Mirror == MirrorKeys.Decimal && type != MirrorType.Text ? 0 : Shared(file, mirror, spelling))];
        int most = shared.Max();
        int chosen = Array.FindIndex(shared, count => count >= most * NearlyAll);
        (IdType idType, IdForm form, MirrorKeys keys) = spellings[chosen];
        string how = (form, keys) switch
        {
            (IdForm.Exact, MirrorKeys.Exact) => "both sides spell them the same",
            (IdForm.Exact, MirrorKeys.Decimal) => "the mirror writes some with a tail .0",
            (IdForm.Trim, _) => "with white space around some",
            (IdForm.Decimal, _) => "with a tail .0 on some",
            _ => "with zeros in front of some",
        };
        return new IdSpelling(idType, form, keys, how);
    }

    private static int Shared(IReadOnlyCollection<string> file, IReadOnlyCollection<string> mirror, (IdType Type, IdForm Form, MirrorKeys Mirror) spelling)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (string id in mirror)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(id);
            keys.Add(spelling.Mirror == MirrorKeys.Decimal && id.EndsWith(".0", StringComparison.Ordinal)
                ? id[..^2]
                : Encoding.UTF8.GetString(IdForms.KeyOf(bytes, spelling.Form)));
        }

        return file.Count(id => KeyOf(id, spelling.Type, spelling.Form) is { } key && keys.Contains(key));
    }

    private static string? KeyOf(string id, IdType type, IdForm form)
        => LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(id), type, out ReadOnlySpan<byte> canonical, out _)
            ? Encoding.UTF8.GetString(IdForms.KeyOf(canonical, form))
            : null;
}
