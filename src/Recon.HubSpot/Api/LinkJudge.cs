using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>Judges an answer to a batch of associations by looking for each pair in it, in either direction.</summary>
internal static class LinkJudge
{
    /// <summary>One verdict for each pair, in their order.</summary>
    public static InputVerdict[] Judge(IReadOnlyList<(string From, string To)> pairs, int status, JsonElement body)
    {
        string? state = body.Text("status");
        if (state != "COMPLETE")
        {
            return [.. pairs.Select(_ => new InputVerdict.Absent($"the answer's status is {state ?? "missing"}, not COMPLETE"))];
        }

        HashSet<(string, string)> linked = [];
        foreach (JsonElement result in body.Get("results").Items())
        {
            string from = End(result, "from");
            string to = End(result, "to");
            linked.Add((from, to));
            linked.Add((to, from));
        }

        LinkError[] errors = [.. body.Get("errors").Items().Select(error => LinkError.Of(error, status))];
        return [.. pairs.Select(pair => Decide(pair, linked, errors))];
    }

    private static InputVerdict Decide((string From, string To) pair, HashSet<(string, string)> linked, LinkError[] errors)
        => linked.Contains(pair) ? new InputVerdict.Accepted(pair.To, new Dictionary<string, string?>())
            : errors.FirstOrDefault(error => error.IsAbout(pair)) is { } refusal ? new InputVerdict.Refused(refusal.Error)
            : errors.FirstOrDefault(error => error.Touches(pair)) is { } doubtful
                ? new InputVerdict.Absent($"an error of the answer names one of its two records, and not which pair it is about: {doubtful.Error.Message}")
            : new InputVerdict.Absent("the answer has it neither among its results nor among its errors");

    private static string End(JsonElement result, string end)
        => result.Get(end).Text("id") ?? result.Text($"{end}ObjectId") ?? "";
}
