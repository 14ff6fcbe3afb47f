using System.Text;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Tests.Definition;

internal static class DefinitionSamples
{
    /// <summary>A definition without problems that uses every kind of block and every role.</summary>
    public const string Valid = """
        {
          "postgres": "embedded",
          "staging": { "schema": "staging" },
          "defaults": { "timeZone": "Europe/Paris", "phoneRegion": "FR" },
          "pipelines": [
            {
              "name": "contacts",
              "maxRejects": "5%",
              "blocks": [
                { "kind": "csv", "path": "in/contacts.csv", "id": "Id", "header": false,
                  "columns": ["Id", "First", "Mail", "Company", "Deleted"], "delimiter": ",", "quote": "\"", "encoding": "utf-8",
                  "exclude": [{ "column": "Deleted", "equals": "1" }] },
                { "kind": "batch", "rows": 500 },
                { "kind": "lookup", "name": "match", "role": "match", "table": "hubspot.contacts", "key": "legacy_id" },
                { "kind": "lookup", "name": "mail", "role": "fallback", "on": [{ "column": "Mail", "property": "email" }] },
                { "kind": "lookup", "name": "company", "role": "parent", "table": "hubspot.companies", "key": "legacy_id", "from": "Company" },
                { "kind": "diff", "properties": [
                    { "property": "firstname", "column": "First", "convert": ["trim"] },
                    { "property": "email", "column": "Mail", "policy": "overwrite" },
                    { "property": "associatedcompanyid", "parent": "company" } ] },
                { "kind": "stage", "table": "contacts_reconciliation", "legacyId": "legacy_contact_id", "hubspotId": "hubspot_contact_id",
                  "columns": [
                    { "name": "legacy_email", "legacy": "Mail" },
                    { "name": "converted_email", "converted": "email" },
                    { "name": "legacy_company_id", "parentLegacyId": "company" } ] }
              ]
            }
          ]
        }
        """;

    public static DefinitionReading Parse(string json) => DefinitionReader.Parse(Encoding.UTF8.GetBytes(json), "pipeline.json");

    /// <summary>The valid sample with one text replaced, which must occur.</summary>
    public static string With(string find, string replacement)
    {
        int at = Valid.IndexOf(find, StringComparison.Ordinal);
        Assert.True(at >= 0, $"The sample does not hold: {find}");
        return Valid[..at] + replacement + Valid[(at + find.Length)..];
    }
}
