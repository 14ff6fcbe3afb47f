using System.Text.Json;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>One filter of a search. Letters count without regard to case, as in HubSpot; of lists joined by semicolons one part must be equal.</summary>
internal sealed record SearchFilter(string Property, string Operator, IReadOnlyList<string> Values)
{
    /// <exception cref="ApiException">It is none that can be answered.</exception>
    public static SearchFilter Of(ObjectStore store, JsonElement filter)
    {
        if (filter.ValueKind != JsonValueKind.Object)
        {
            throw new ApiException(ApiFault.BadJson("each of filters is an object."));
        }

        string property = BodyReader.Text(filter, "propertyName");
        string word = BodyReader.Text(filter, "operator");
        if (store.Property(property) is null)
        {
            throw new ApiException(ApiFault.Invalid($"There was a problem with the request: {property} is no property of {store.Type}.", "PROPERTY_DOESNT_EXIST", property));
        }

        string[] values = word switch
        {
            "EQ" or "NEQ" or "CONTAINS_TOKEN" => [BodyReader.Text(filter, "value")],
            "IN" or "NOT_IN" => BodyReader.Texts(filter, "values"),
            "HAS_PROPERTY" or "NOT_HAS_PROPERTY" => [],
            _ => throw new ApiException(ApiFault.Invalid($"The sandbox answers the operators EQ, NEQ, IN, NOT_IN, CONTAINS_TOKEN, HAS_PROPERTY and NOT_HAS_PROPERTY, not {word}.")),
        };
        return word is "IN" or "NOT_IN" && values.Length == 0 ? throw new ApiException(ApiFault.Invalid($"{word} requires values.")) : new SearchFilter(property, word, values);
    }

    public bool Holds(ObjectStore store, SandboxRecord record)
    {
        string? value = store.Value(record, Property);
        return Operator switch
        {
            "HAS_PROPERTY" => value is not null,
            "NOT_HAS_PROPERTY" => value is null,
            "NEQ" or "NOT_IN" => !IsAmong(store, value),
            _ => IsAmong(store, value),
        };
    }

    private bool IsAmong(ObjectStore store, string? value)
    {
        if (value is null)
        {
            return false;
        }

        string[] parts = Operator == "CONTAINS_TOKEN" ? value.Split(' ', ';', ',') : store.Property(Property)!.IsMultiple ? value.Split(';') : [value];
        return parts.Any(part => Values.Contains(part, StringComparer.OrdinalIgnoreCase));
    }
}
