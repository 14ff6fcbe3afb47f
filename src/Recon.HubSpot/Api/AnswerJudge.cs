using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>
/// Judges an answer to a batch update by looking for each input in it, whatever its status code: any 2xx may hold
/// failures, and leave records out without a word.
/// </summary>
internal static class AnswerJudge
{
    private const string TraceId = "objectWriteTraceId";

    /// <summary>Why the answer says nothing yet of what was or will be written; <see langword="null"/> when it is finished.</summary>
    public static string? WhyUnfinished(JsonElement body) => body.Text("status") switch
    {
        "COMPLETE" => null,
        null => "the answer has no status",
        var state => $"the answer's status is {state}, not COMPLETE",
    };

    /// <summary>One verdict for each input of a finished answer, in their order.</summary>
    /// <param name="strangers">Number of results and errors that name only what nobody asked for.</param>
    public static InputVerdict[] Judge(IReadOnlyList<UpdateInput> inputs, int status, JsonElement body, out int strangers)
    {
        strangers = 0;
        var accepted = new InputVerdict.Accepted?[inputs.Count];
        var refused = new InputVerdict.Refused?[inputs.Count];
        foreach (JsonElement result in body.Get("results").Items())
        {
            int[] whose = Whose(inputs, result.Get(TraceId).Texts(), result.Get("id").Texts());
            if (whose is [int one])
            {
                accepted[one] = new InputVerdict.Accepted(result.Text("id") ?? inputs[one].Id, result.Get("properties").Values());
            }

            strangers += whose.Length == 0 ? 1 : 0;
        }

        ApiError? unnamed = null;
        foreach (JsonElement item in body.Get("errors").Items())
        {
            ApiError error = ErrorReader.Read(item, status);
            string[] traces = [.. ErrorReader.Context(item, TraceId)];
            string[] ids = [.. ErrorReader.Context(item, "ids", "id")];
            int[] whose = Whose(inputs, traces, ids);
            foreach (int one in whose)
            {
                refused[one] ??= new InputVerdict.Refused(error);
            }

            unnamed = traces.Length + ids.Length == 0 ? unnamed ?? error : unnamed;
            strangers += whose.Length == 0 && traces.Length + ids.Length > 0 ? 1 : 0;
        }

        return [.. inputs.Select((_, i) => Decide(accepted[i], refused[i], unnamed))];
    }

    private static InputVerdict Decide(InputVerdict.Accepted? accepted, InputVerdict.Refused? refused, ApiError? unnamed) => (accepted, refused) switch
    {
        ({ }, null) => accepted,
        (null, { }) => refused,
        ({ }, { }) => new InputVerdict.Absent("the answer has it among its results and among its errors"),
        _ when unnamed is not null => new InputVerdict.Absent($"the answer has it neither among its results nor among its errors, one of which names no record: {unnamed.Message}"),
        _ => new InputVerdict.Absent("the answer has it neither among its results nor among its errors"),
    };

    // The trace decides: an id may be that of a record into which the one that was meant has been merged.
    private static int[] Whose(IReadOnlyList<UpdateInput> inputs, IReadOnlyList<string> traces, IReadOnlyList<string> ids)
    {
        int[] byTrace = [.. Enumerable.Range(0, inputs.Count).Where(i => traces.Contains(inputs[i].TraceId, StringComparer.Ordinal))];
        return byTrace.Length > 0 ? byTrace : [.. Enumerable.Range(0, inputs.Count).Where(i => ids.Contains(inputs[i].Id, StringComparer.Ordinal))];
    }
}
