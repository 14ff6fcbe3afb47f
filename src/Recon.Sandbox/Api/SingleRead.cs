using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>One record by its id. A merged record's id leads to the one that survived.</summary>
internal static class SingleRead
{
    public static ApiAnswer Answer(ObjectStore store, ApiRequest request)
    {
        SandboxRecord? record = store.Find(request.Route.Name!);
        while (record?.MergedInto is { } survivor)
        {
            record = store.Find(survivor);
        }

        if (record is null || (record.IsArchived && request.Query.GetValueOrDefault("archived") != "true"))
        {
            throw new ApiException(ApiFault.NoSuchObject());
        }

        return new ApiAnswer(200, Json.OfValue(json => RecordJson.Write(json, store, record, Names(request, "properties"), Names(request, "propertiesWithHistory"))));
    }

    private static string[] Names(ApiRequest request, string parameter)
        => request.Query.GetValueOrDefault(parameter)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
