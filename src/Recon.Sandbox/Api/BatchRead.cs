using System.Text.Json;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary><c>batch/read</c>.</summary>
internal static class BatchRead
{
    private const int Most = 100;
    private const int MostWithHistory = 50;

    public static ApiAnswer Answer(SandboxPortal portal, ObjectStore store, ApiRequest request)
    {
        JsonElement[] inputs = BodyReader.Inputs(request.Body, Most);
        string[] properties = BodyReader.Texts(request.Body!.Value, "properties");
        string[] history = BodyReader.Texts(request.Body!.Value, "propertiesWithHistory");
        if (history.Length > 0 && inputs.Length > MostWithHistory)
        {
            throw new ApiException(ApiFault.Invalid($"The maximum number of inputs supported in a batch request for property histories is {MostWithHistory}, but {inputs.Length} were given."));
        }

        if (BodyReader.TextOrNone(request.Body!.Value, "idProperty") is { } idProperty)
        {
            throw new ApiException(ApiFault.Invalid($"{idProperty} cannot be used as idProperty: records are read by their ids here.", "INVALID_ID_PROPERTY", idProperty));
        }

        string[] ids = [.. inputs.Select(input => BodyReader.Text(input, "id")).Distinct(StringComparer.Ordinal)];
        IReadOnlySet<string> leftOut = request.Traps.Find(TrapKind.LeftOut) is { } trap ? trap.Chosen(ids, trap.Number(1)) : new HashSet<string>();
        SandboxTrap? failing = request.Traps.Find(TrapKind.ErrorsIn200) ?? request.Traps.Find(TrapKind.ErrorsIn207);
        IReadOnlySet<string> failed = failing?.Chosen(ids, failing.Number(1)) ?? new HashSet<string>();
        List<Action<Utf8JsonWriter>> results = [];
        List<string> missing = [];
        foreach (string id in ids.Where(id => !leftOut.Contains(id) && !failed.Contains(id)))
        {
            SandboxRecord? record = store.Find(id);
            if (record is { IsThere: true })
            {
                results.Add(json => RecordJson.Write(json, store, record, properties, history));
            }
            else if (record is not { MergedInto: not null })
            {
                // A record that was merged into another one vanishes without a word.
                missing.Add(id);
            }
        }

        List<ItemError> errors = missing.Count == 0 ? [] : [NotFound(store, missing)];
        if (failed.Count > 0)
        {
            errors.Add(new ItemError(new ApiFault(500, "INTERNAL_ERROR", "The sandbox was told not to read this input."), [.. failed], []));
        }

        ApiAnswer answer = request.Traps.Has(TrapKind.EmptyResults)
            ? BatchJson.Answer(request.Route.IsDated, portal.Now, [], [])
            : BatchJson.Answer(request.Route.IsDated, portal.Now, results, errors);
        return answer with { Afterwards = () => Edits.Make(portal, store, request.Traps.Of(TrapKind.EditAfterRead), ids) };
    }

    /// <summary>The one error that names all records that are not there.</summary>
    public static ItemError NotFound(ObjectStore store, IReadOnlyList<string> ids)
        => new(new ApiFault(404, "OBJECT_NOT_FOUND", $"Could not get some {store.Type} objects, they may be deleted or not exist. Check that ids are valid."), ids, []);
}
