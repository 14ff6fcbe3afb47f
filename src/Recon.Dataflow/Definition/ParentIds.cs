using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Definition;

/// <summary>How the ids of a parent are written, where the definition leaves it open.</summary>
/// <param name="HasDecimals">Whether keys of the mirror end in <c>.0</c>.</param>
/// <param name="Reason">What it was decided by.</param>
internal sealed record ParentIds(IdType Type, bool HasDecimals, string Reason)
{
    /// <summary>Decides by the type of the mirror's key column; for texts by what both sides hold.</summary>
    /// <param name="file">Ids of the parents in the file.</param>
    /// <param name="mirror">Keys of the mirror.</param>
    /// <param name="usual">How the ids of the records themselves are written: it decides where both samples are empty.</param>
    public static ParentIds Infer(
        MirrorType key, IReadOnlyCollection<string> file, IReadOnlyCollection<string> mirror, IdType usual)
    {
        if (key.IsNumber())
        {
            return new ParentIds(IdType.Number, false, "the key column holds numbers");
        }

        if (key != MirrorType.Text)
        {
            return new ParentIds(IdType.Text, false, "the key column holds no numbers");
        }

        if (file.Count + mirror.Count == 0)
        {
            return new ParentIds(usual, false, "nothing tells, so they are taken to be written like those of the records");
        }

        return file.All(IsNumber) && mirror.All(IsNumber)
            ? new ParentIds(IdType.Number, mirror.Any(id => id.Contains('.', StringComparison.Ordinal)), "all ids seen on both sides are digits")
            : new ParentIds(IdType.Text, false, "not all ids seen are digits");
    }

    /// <summary>Says that most ids of the file cannot be found in the mirror because of what they are.</summary>
    /// <returns>What does not fit and what to do, for people; <see langword="null"/> when nothing speaks against it.</returns>
    public static string? Misfit(ValidLookup lookup, MirrorType key, IReadOnlyCollection<string> file, IReadOnlyCollection<string> mirror)
    {
        string keys = $"{lookup.Table}.{lookup.Key}";
        string from = $"of the first {CountText.Show(file.Count, "id")} in {lookup.From}";
        int unread = file.Count(id => !lookup.TryReadId(Encoding.UTF8.GetBytes(id), out _, out _));
        if (unread * 2 > file.Count)
        {
            return $"{CountText.Show(unread)} {from} are not digits, as \"fromType\": \"number\" asks for; leave \"fromType\" out, or say \"text\"";
        }

        int odd = file.Count(id => lookup.TryReadId(Encoding.UTF8.GetBytes(id), out ReadOnlySpan<byte> read, out _) && !Fits(read, key));
        if (odd * 2 > file.Count)
        {
            return file.All(IsNumber)
                ? $"{CountText.Show(odd)} {from} are numbers with a tail (.0), which \"fromType\": \"text\" keeps, and {keys} holds plain numbers; leave \"fromType\" out, or say \"number\""
                : $"{CountText.Show(odd)} {from} cannot be in {keys}, which holds {(key.IsNumber() ? "numbers" : "uuids")} only; check \"from\" and \"key\"";
        }

        return key == MirrorType.Text && file.Count > 0 && mirror.Count > 0 && file.All(IsNumber) != mirror.All(IsNumber)
            && (!file.Any(IsNumber) || !mirror.Any(IsNumber))
            ? $"the ids in {lookup.From} {(file.All(IsNumber) ? "are digits, and those" : "are texts, and the keys seen")} in {keys} are {(file.All(IsNumber) ? "not" : "digits")}; check \"from\" and \"key\""
            : null;
    }

    private static bool IsNumber(string id) => LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(id), IdType.Number, out _, out _);

    private static bool Fits(ReadOnlySpan<byte> id, MirrorType key)
        => key == MirrorType.Uuid ? Guid.TryParse(Encoding.UTF8.GetString(id), out _)
            : !key.IsNumber() || !id.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
