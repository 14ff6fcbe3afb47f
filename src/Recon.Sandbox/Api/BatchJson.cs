using System.Text.Json;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>The answer to a batch.</summary>
internal static class BatchJson
{
    /// <param name="status">The status code; what the version says when <see langword="null"/>: v3 tells failures by 207, 2026-09 in the body only.</param>
    public static ApiAnswer Answer(
        bool isDated, DateTimeOffset at, IReadOnlyList<Action<Utf8JsonWriter>> results, IReadOnlyList<ItemError> errors, int? status = null, string word = "COMPLETE")
        => new(status ?? (errors.Count == 0 || isDated ? 200 : 207), Json.Of(json =>
        {
            json.WriteString("status", word);
            json.WriteStartArray("results");
            foreach (Action<Utf8JsonWriter> result in results)
            {
                result(json);
            }

            json.WriteEndArray();
            if (errors.Count > 0)
            {
                json.WriteNumber("numErrors", errors.Count);
                json.WriteStartArray("errors");
                foreach (ItemError error in errors)
                {
                    ErrorJson.WriteItem(json, error);
                }

                json.WriteEndArray();
            }

            json.WriteString("startedAt", Instants.Text(at));
            json.WriteString("completedAt", Instants.Text(at));
        }));
}
