/** The path of a file or database in the workspace, with what is there as suggestions. */

import { Autocomplete } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ControlProps } from './Control';
import { useForm } from './context';
import { useDraft } from './draft';
import classes from './form.module.css';
import { placeholderOf } from './simple';

export function PathControl(props: ControlProps & { names: string }) {
  const { id, value, required, change, wrong, disabled, names } = props;
  const { services } = useForm();
  const [found, setFound] = useState<string[]>([]);
  const [focused, setFocused] = useState(false);
  const kept = typeof value === 'string' ? value : '';
  const draft = useDraft(kept, (next, typing) => change([], next === '' && !required ? undefined : next, typing));
  const folder = draft.value.includes('/') ? draft.value.slice(0, draft.value.lastIndexOf('/')) : '';

  useEffect(() => {
    if (!focused || !services.files) return;
    let here = true;
    services.files(folder).then(
      (files) => here && setFound(files.map((file) => (file.folder ? `${file.path}/` : file.path))),
      // A folder that is not there has nothing to suggest; the field itself says what is wrong once it is kept.
      () => here && setFound([]),
    );
    return () => {
      here = false;
    };
  }, [focused, folder, services]);

  return (
    <Autocomplete
      id={id}
      data={[...new Set(found)]}
      value={draft.value}
      onChange={draft.set}
      onFocus={() => setFocused(true)}
      onBlur={() => {
        setFocused(false);
        draft.flush();
      }}
      limit={60}
      maxDropdownHeight={240}
      comboboxProps={{ shadow: 'md', radius: 'md', transitionProps: { duration: 90 } }}
      error={wrong}
      disabled={disabled}
      placeholder={
        placeholderOf(props) || (names === 'write_file' ? 'out/report.csv' : names === 'database' ? 'data.db' : 'data/in.csv')
      }
      classNames={{ input: classes.input ?? '' }}
    />
  );
}
