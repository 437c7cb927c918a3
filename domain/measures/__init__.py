"""Measures: what each visit and each job counts for the KPIs. Nothing else feeds one."""
