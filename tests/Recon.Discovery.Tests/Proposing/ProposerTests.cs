using System.Globalization;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Discovery.Proposing;
using Recon.Postgres.Lookups;
using Recon.Testing;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>Single questions to the proposer.</summary>
public sealed class ProposerTests(PostgresServer server) : ProposingTests(server)
{
    [Fact]
    public async Task ProposeAsync_NothingShared_SaysWhatWasTried()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select n as hs_object_id, 'X' || n as legacy_id, 'Firm ' || n as name from generate_series(1, 200) n");

        InputException refused = await Assert.ThrowsAsync<InputException>(() => ProposeAsync(
            "Code;Nom", Enumerable.Range(1, 60).Select(n => $"A{n + 5_000};Atelier {n * 7}")));

        Assert.Contains("Code (60 distinct values)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("hubspot.companies", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProposeAsync_OnlySequencesMeet_RefusesAndNamesTheNearest()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 900000 + n as hs_object_id, 'X' || n as legacy_id, 'Firm ' || n as name, n as numberofemployees from generate_series(1, 200) n");

        InputException refused = await Assert.ThrowsAsync<InputException>(() => ProposeAsync(
            "Num;Nom", Enumerable.Range(1, 60).Select(n => $"{n};Atelier {n * 7 % 61}")));

        Assert.Contains("numberofemployees", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProposeAsync_NoSuchTable_SaysSo()
        => await Assert.ThrowsAsync<MirrorException>(() => ProposeAsync("Id;Nom", ["1;a", "2;b"], "hubspot.nothing"));

    [Fact]
    public async Task ProposeAsync_OfALargeTable_ReadsASampleAndCountsTheKeyAsAWhole()
    {
        await Database.ExecuteAsync("""
            create schema hubspot;
            create table hubspot.companies as select 5000000000 + n as hs_object_id, n as legacy_id, 'Firm ' || md5(n::text) as name, n % 977 as staff from generate_series(1, 450000) n;
            create index on hubspot.companies (legacy_id);
            analyze hubspot.companies
            """);
        string[] names = await NamesAsync("select 'Firm ' || md5((n * 211)::text) from generate_series(1, 2000) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom", names.Select((name, at) => $"{(at + 1) * 211};{name}"));

        string text = ProposalText.Of(proposal);
        Assert.True(proposal.Id is { Column: "Id", Key: "legacy_id", HubspotId: "hs_object_id", Shared: 2_000 }, text);
        Assert.True(proposal.Properties.Any(property => property.Definition is { Property: "name", Column: "Nom" } && property.Agree == property.Pairs), text);
    }

    [Theory]
    [InlineData("text", "lpad(n::text, 8, '0')", "{0}", "Number NoLeadingZeros")]
    [InlineData("text", "n::text", "{0:00000000}", "Number NoLeadingZeros")]
    [InlineData("bigint", "n", "{0}.0", "Number Exact")]
    [InlineData("text", "'C-' || n || 'x'", "C-{0}x", "Text Exact")]
    [InlineData("uuid", "md5(n::text)::uuid", null, "Text Exact")]
    public async Task ProposeAsync_OfIdsInSeveralSpellings_SaysWhichFormMakesThemOne(string type, string sql, string? format, string spelling)
    {
        await Database.ExecuteAsync($"create schema hubspot; create table hubspot.contacts as select 5000000000 + n as hs_object_id, ({sql})::{type} as legacy_id, 'Person ' || md5(n::text) as lastname from generate_series(1, 300) n");
        string[] ids = format is null
            ? await NamesAsync("select upper(md5(n::text)::uuid::text) from generate_series(1, 300) n")
            : [.. Enumerable.Range(1, 300).Select(n => string.Format(CultureInfo.InvariantCulture, format, n))];
        string[] names = await NamesAsync("select 'Person ' || md5(n::text) from generate_series(1, 300) n");

        PipelineProposal proposal = await ProposeAsync("Ref;Nom", ids.Zip(names, (id, name) => $"{id};{name}"), "hubspot.contacts");

        Assert.True((proposal.Id.Key, $"{proposal.Id.Type} {proposal.Id.Form}", proposal.Id.Shared) == ("legacy_id", spelling, 300), ProposalText.Of(proposal));
    }

    [Fact]
    public async Task ProposeAsync_TwoColumnsWithTheSameValues_AsksWhichOne()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as slogan from generate_series(1, 200) n");
        string[] texts = await NamesAsync("select md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Zone libre;Texte libre", texts.Select((value, at) => $"{at + 1};{value};{value}"));

        Question question = Assert.Single(proposal.Questions, question => question.Subject == "slogan");
        PropertyProposal chosen = Assert.Single(proposal.Properties, property => property.Definition.Property == "slogan");
        Assert.False(chosen.IsCertain);
        Assert.Equal(question.Options[0].Label, chosen.Definition.Column);
        PipelineProposal other = question.Options[1].Apply(proposal);
        Assert.Equal(question.Options[1].Label, Assert.Single(other.Properties, property => property.Definition.Property == "slogan").Definition.Column);
    }

    [Fact]
    public async Task ProposeAsync_DaysThatTheMirrorDoesNotDecide_AsksHowTheyAreWritten()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.deals as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as dealname, null::date as closedate from generate_series(1, 200) n");
        string[] texts = await NamesAsync("select md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Intitulé affaire;Close Date", texts.Select((value, at) => $"{at + 1};{value};{1 + (at % 12):00}/{1 + (at % 11):00}/2021"));

        Question question = Assert.Single(proposal.Questions);
        Assert.Equal("closedate", question.Subject);
        Assert.Contains(question.Options, option => option.Label.Contains("dd/MM/yyyy", StringComparison.Ordinal));
        Assert.Contains(question.Options, option => option.Label.Contains("MM/dd/yyyy", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("founded_on date", "make_date(2000 + n % 20, 1, 1)", "Founded", "01/01/{0}", "dd/MM/yyyy", "MM/dd/yyyy")]
    [InlineData("founded_on date", "make_date(2000 + n % 20, 1 + n % 12, 1 + n % 12)", "Founded", "{1}/{1}/{0}", "dd/MM/yyyy", "MM/dd/yyyy")]
    [InlineData("last_seen timestamptz", "make_timestamptz(2000 + n % 20, 1, 1 + n % 12, 10, n % 60, 0, 'UTC')", "Last Seen", "{0}-01-{1} 10:{2}:00", "in UTC", "in Europe/London")]
    public async Task ProposeAsync_AgreeingValuesThatSeveralReadingsMake_IsNotCertainAndAsks(string column, string sql, string header, string written, params string[] readings)
    {
        string property = column.Split(' ')[0];
        await Database.ExecuteAsync($"create schema hubspot; create table hubspot.deals as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as dealname, ({sql})::{column.Split(' ')[1]} as {property} from generate_series(1, 240) n");
        string[] texts = await NamesAsync("select md5(n::text) from generate_series(1, 240) n");

        PipelineProposal proposal = await ProposeAsync($"Id;Deal;{header}", texts.Select((value, at) =>
            $"{at + 1};{value};{string.Format(CultureInfo.InvariantCulture, written, 2000 + ((at + 1) % 20), $"{1 + ((at + 1) % 12):00}", $"{(at + 1) % 60:00}")}"));

        PropertyProposal proposed = Assert.Single(proposal.Properties, each => each.Definition.Property == property);
        Assert.True(proposed is { IsCertain: false, IsActive: true, Agree: 240 }, ProposalText.Of(proposal));
        Question question = Assert.Single(proposal.Questions, each => each.Subject == property);
        Assert.All(readings, reading => Assert.Contains(question.Options, option => option.Label.Contains(reading, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ProposeAsync_TimesOfSummerAndWinter_IsCertainOfTheZone()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.deals as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as dealname, make_timestamptz(2020, 1 + n % 12, 1 + n % 12, 10, n % 60, 0, 'UTC') as last_seen from generate_series(1, 240) n");
        string[] texts = await NamesAsync("select md5(n::text) from generate_series(1, 240) n");

        PipelineProposal proposal = await ProposeAsync("Id;Deal;Last Seen", texts.Select((value, at) =>
            $"{at + 1};{value};2020-{1 + ((at + 1) % 12):00}-{1 + ((at + 1) % 12):00} 10:{(at + 1) % 60:00}:00"));

        Assert.True(proposal.Properties.Any(each => each is { Definition.Property: "last_seen", IsCertain: true }), ProposalText.Of(proposal));
    }

    [Fact]
    public async Task ProposeAsync_EmptyColumnsOfTheMirror_AreComparedOnlyAndReadAsTheFileIsWritten()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.deals as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as dealname, null::text as birth, null::text as price, null::text as phone from generate_series(1, 200) n");
        string[] texts = await NamesAsync("select md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Deal;Birth;Price;Phone", texts.Select((value, at) =>
            $"{at + 1};{value};{1 + (at % 12):00}/{1 + (at % 11):00}/1980;1 {100 + at},50 €;06 12 34 5{at % 10} {10 + (at % 90)}"));

        string text = ProposalText.Of(proposal);
        (string Property, string Step)[] expected = [("birth", "date"), ("price", "number"), ("phone", "phone")];
        Assert.All(expected, each => Assert.True(
            proposal.Properties.Any(property => property is { IsCertain: false, Definition: { Policy: UpdatePolicy.CompareOnly, Convert: [var step] } }
                && property.Definition.Property == each.Property && step.Kind == each.Step),
            text));
        Assert.True(proposal.Questions.Any(question => question.Subject == "birth" && question.Options.Count == 2), text);
    }

    [Fact]
    public async Task ProposeAsync_ValuesThatTheReadingDoesNotRead_AreADoubt()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.deals as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as dealname, case when n % 10 < 9 then date '2001-01-01' + n end as founded_on from generate_series(1, 200) n");
        string[] rows = await NamesAsync("select n || ';' || md5(n::text) || ';' || case when n % 10 < 9 then to_char(date '2001-01-01' + n, 'YYYY-MM-DD') else 'see file ' || n end from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Deal;Founded", rows);

        Assert.True(proposal.Properties.Any(each => each is { Definition.Property: "founded_on", IsCertain: false } && each.Evidence.Contains("20 of 200 values cannot be read so", StringComparison.Ordinal)), ProposalText.Of(proposal));
    }

    [Fact]
    public async Task ProposeAsync_ConstantColumns_AreProposedByNameAndNotCertain()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as name, 'France' as country, 'France' as origin_of_all from generate_series(1, 200) n");
        string[] texts = await NamesAsync("select md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Raison sociale;Pays", texts.Select((value, at) => $"{at + 1};{value};France"));

        PropertyProposal country = Assert.Single(proposal.Properties, property => property.Definition.Column == "Pays");
        Assert.True(country is { Definition.Property: "country", IsCertain: false, IsActive: true, Agree: 200 }, ProposalText.Of(proposal));
    }

    [Theory]
    [InlineData("MAILINGCOUNTRY", "FRANCE")]
    [InlineData("Address 1: Country/Region", "F")]
    [InlineData("CT_Pays", "FR")]
    [InlineData("Land", "Frankreich")]
    public async Task ProposeAsync_ConstantsThatAreSpelledDifferently_AreProposedByNameWithAMap(string header, string value)
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as name, 'France' as country from generate_series(1, 200) n");
        string[] texts = await NamesAsync("select md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync($"Id;Raison sociale;{header}", texts.Select((text, at) => $"{at + 1};{text};{value}"));

        PropertyProposal country = Assert.Single(proposal.Properties, property => property.Definition.Property == "country");
        Assert.True(country is { IsCertain: false, IsActive: true, Agree: 200, Map: [{ Hubspot: "France", Agree: 200 }] } && country.Definition.Column == header, ProposalText.Of(proposal));
    }

    [Fact]
    public async Task ProposeAsync_TwoKeysThatAreEquallyGood_AsksAndTakesTheOpaqueOne()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, md5(n::text)::uuid as dynamics_guid, 'ACC-' || lpad(n::text, 5, '0') as account_number, 'Firm ' || md5(n::text) as name from generate_series(1, 200) n");
        string[] ids = await NamesAsync("select md5(n::text)::uuid::text || ';ACC-' || lpad(n::text, 5, '0') || ';Firm ' || md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("(Do Not Modify) Account;Account Number;Account Name", ids);

        Assert.True(proposal.Id is { Key: "dynamics_guid", IsCertain: false }, ProposalText.Of(proposal));
        Question question = Assert.Single(proposal.Questions, question => question.Subject == "id");
        Assert.Contains(proposal.Properties, property => property.Definition.Property == "account_number");
        PipelineProposal other = question.Options[1].Apply(proposal);
        Assert.Equal("account_number", other.Id.Key);
        Assert.DoesNotContain(other.Properties, property => property.Definition.Property == "account_number");
    }

    [Fact]
    public async Task ProposeAsync_AColumnOfACalculatedProperty_SaysWhyNothingBecomesOfIt()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.contacts as select 5000000000 + n as hs_object_id, n as legacy_id, md5(n::text) as prop_code, n % 3 = 0 as hs_email_optout from generate_series(1, 200) n");
        string[] texts = await NamesAsync("select md5(n::text) || ';' || case when n % 3 = 0 then 'Oui' else 'Non' end from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Code interne;HASOPTEDOUTOFEMAIL", texts.Select((text, at) => $"{at + 1};{text}"));

        Assert.Contains("HubSpot calculates it", Assert.Single(proposal.Unmapped, column => column.Column == "HASOPTEDOUTOFEMAIL").Why, StringComparison.Ordinal);
        Assert.Equal("prop_code", Assert.Single(proposal.Properties).Definition.Property);
    }

    [Fact]
    public async Task ProposeAsync_Evidence_HoldsNoTextOfRecords()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.contacts as select 5000000000 + n as hs_object_id, n as legacy_id, 'Secret' || md5(n::text) as lastname, md5(n::text) || '@secret.example' as email from generate_series(1, 200) n");
        string[] texts = await NamesAsync("select md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Courriel", texts.Select((value, at) => $"{at + 1};Secret{value};{value}@secret.example"));

        Assert.Equal(2, proposal.Properties.Count(property => property.IsCertain));
        Assert.DoesNotContain("ecret", ProposalText.Of(proposal), StringComparison.Ordinal);
    }
}
