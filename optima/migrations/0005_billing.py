"""Services given, how two groups share their effort, invoices; the reckoning figures count for each running case."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def reckon_each_case(apps, schema_editor):
    """A rate that nobody bills is the model's figure for every case; what is billed was always for a service given."""
    apps.get_model("optima", "Fallpauschale").objects.filter(billed=False).update(every_case=True)


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_kostengutsprache'),
        ('optima', '0004_weigh_criteria'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='fallpauschale',
            name='every_case',
            field=models.BooleanField(default=False, verbose_name='gilt für jeden laufenden Fall'),
        ),
        migrations.RunPython(reckon_each_case, migrations.RunPython.noop),
        migrations.CreateModel(
            name='BillingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='gültig ab')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='gültig bis')),
                ('proration', models.CharField(choices=[('month', 'angebrochener Monat zählt ganz'), ('half', 'halbe Monate: bis 15 Tage zählen halb'), ('days', 'jeder Tag zählt')], default='month', max_length=10, verbose_name='Angebrochene Monate')),
                ('payment_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='zahlbar in Tagen')),
                ('small_effort', models.DecimalField(decimal_places=2, default=12500, max_digits=9, validators=[django.core.validators.MinValueValidator(0)], verbose_name='kleiner Aufwand bis CHF im Jahr')),
                ('tolerance', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='ausgeglichen bis zu einem Unterschied von Prozent')),
            ],
            options={
                'verbose_name': 'Abrechnungsregel',
                'verbose_name_plural': 'Abrechnungsregeln',
                'ordering': ['-valid_from'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='optima_billingrule_validity', violation_error_message='Das Ende liegt vor dem Beginn.')],
            },
        ),
        migrations.CreateModel(
            name='CostSharing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='gültig ab')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='gültig bis')),
                ('contractor_group', models.CharField(choices=[('IV', 'IV'), ('RAV', 'RAV/ALV'), ('SH', 'Sozialhilfe'), ('ANDERE', 'Andere')], max_length=10, verbose_name='Auftragnehmer')),
                ('principal_group', models.CharField(choices=[('IV', 'IV'), ('RAV', 'RAV/ALV'), ('SH', 'Sozialhilfe'), ('ANDERE', 'Andere')], max_length=10, verbose_name='Auftraggeber')),
                ('model', models.CharField(choices=[('A', 'Modell A: Fallpauschalen werden verrechnet'), ('B', 'Modell B: jede Stelle trägt ihren Aufwand'), ('C', 'Modell C: jede Stelle trägt ihren Aufwand, solange er klein oder ausgeglichen ist')], default='C', max_length=1, verbose_name='Modell')),
                ('basis', models.CharField(blank=True, choices=[('agreement', 'Leistungsvereinbarung'), ('amm', 'AMM-Plafond'), ('order', 'als Massnahme verfügt'), ('other', 'andere Grundlage')], max_length=10, verbose_name='Grundlage')),
                ('reference', models.CharField(blank=True, max_length=200, verbose_name='Vereinbarung oder Schreiben')),
                ('decided_by', models.CharField(max_length=160, verbose_name='wer das entschieden hat')),
            ],
            options={
                'verbose_name': 'Finanzierungsmodell',
                'verbose_name_plural': 'Finanzierungsmodelle',
                'ordering': ['contractor_group', 'principal_group', '-valid_from'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='optima_costsharing_validity', violation_error_message='Das Ende liegt vor dem Beginn.')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='Monat')),
                ('number', models.PositiveIntegerField(verbose_name='Rechnungsnummer')),
                ('issued_on', models.DateField(verbose_name='ausgestellt am')),
                ('due_on', models.DateField(verbose_name='zahlbar bis')),
                ('rounding', models.DecimalField(decimal_places=2, default=0, max_digits=3, verbose_name='Rundung')),
                ('total', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='CHF')),
                ('iban', models.CharField(max_length=34, verbose_name='IBAN')),
                ('reference', models.CharField(blank=True, max_length=27, verbose_name='Referenz')),
                ('biller_address', models.JSONField()),
                ('debtor_address', models.JSONField()),
                ('paid_on', models.DateField(null=True, verbose_name='bezahlt am')),
                ('biller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.institution', verbose_name='Rechnungsstellerin')),
                ('debtor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.institution', verbose_name='Auftraggeber')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'Rechnung',
                'verbose_name_plural': 'Rechnungen',
                'ordering': ['-month', '-number'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('regular', 'Monat'), ('correction', 'Korrektur')], max_length=10)),
                ('case_number', models.CharField(max_length=32, verbose_name='Fallnummer')),
                ('month', models.DateField(verbose_name='Monat')),
                ('service', models.CharField(max_length=120, verbose_name='Leistung')),
                ('rate_amount', models.DecimalField(decimal_places=2, max_digits=8, verbose_name='CHF pro Monat')),
                ('since', models.DateField(null=True, verbose_name='von')),
                ('until', models.DateField(null=True, verbose_name='bis')),
                ('counted', models.SmallIntegerField()),
                ('whole', models.PositiveSmallIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='CHF')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='Grund')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_lines', to='core.case')),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='optima.invoiceline')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='optima.invoice')),
                ('rate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='optima.fallpauschale')),
            ],
            options={
                'verbose_name': 'Rechnungszeile',
                'verbose_name_plural': 'Rechnungszeilen',
                'ordering': ['kind', 'case_number', 'month', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CaseService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.CharField(max_length=120, verbose_name='Leistung')),
                ('since', models.DateField(verbose_name='seit')),
                ('until', models.DateField(blank=True, null=True, verbose_name='bis')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='services', to='core.case')),
            ],
            options={
                'verbose_name': 'Leistung',
                'verbose_name_plural': 'Leistungen',
                'ordering': ['case', 'since', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='case_service_end_after_begin'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('case', 'service'), name='one_running_service_of_a_kind')],
            },
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['debtor', '-month'], name='invoice_of_debtor'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('biller', 'debtor', 'month'), name='one_invoice_a_month'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('biller', 'number'), name='one_invoice_per_number'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('biller', models.F('debtor')), _negated=True), name='nobody_bills_themselves'),
        ),
        migrations.AddIndex(
            model_name='invoiceline',
            index=models.Index(fields=['month', 'case'], name='line_by_month'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'regular')), fields=('case', 'service', 'month', 'rate'), name='one_regular_line_a_month'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'regular'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_correction_has_a_reason'),
        ),
    ]
