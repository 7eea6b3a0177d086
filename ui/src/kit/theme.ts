// Mantine, dressed in our tokens. Mantine gives behaviour; its own look appears nowhere.
import { type CSSVariablesResolver, createTheme } from '@mantine/core';

export const theme = createTheme({
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  primaryColor: 'indigo',
  primaryShade: { light: 6, dark: 5 },
  autoContrast: false,
  colors: {
    indigo: ['#E9ECFB', '#D2D8F7', '#B4BEF0', '#92A1E8', '#7386E1', '#5468DC', '#3C4FBE', '#3447AE', '#2A3A91', '#202C70'],
  },
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '16px', sm: '16px', md: '20px', lg: '20px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '12px', xl: '999px' },
  defaultRadius: 'sm',
  cursorType: 'default',
  focusRing: 'auto',
  respectReducedMotion: true,
  shadows: { sm: 'var(--lift-1)', md: 'var(--lift-2)', xl: 'var(--lift-3)' },
  components: {
    Button: {
      defaultProps: { size: 'sm', variant: 'default' },
      styles: { root: { height: 'var(--h-control)', paddingInline: 10, fontWeight: 500 } },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Input: {
      defaultProps: { size: 'sm' },
      styles: {
        input: {
          minHeight: 'var(--h-control)',
          height: 'var(--h-control)',
          background: 'var(--card)',
          borderColor: 'var(--line-strong)',
        },
      },
    },
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] },
      styles: { label: { fontSize: 12, fontWeight: 500, lineHeight: '20px', marginBottom: 5 }, error: { color: 'var(--error)' } },
    },
    Menu: { defaultProps: { shadow: 'md', radius: 'lg', transitionProps: { transition: 'pop', duration: 160 } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, radius: 'sm' } },
    SegmentedControl: { defaultProps: { size: 'xs', radius: 'sm', withItemsBorders: false } },
    Modal: { defaultProps: { shadow: 'xl', radius: 'lg', overlayProps: { color: 'var(--scrim)', blur: 0 } } },
    Switch: { defaultProps: { size: 'xs' } },
    Loader: { defaultProps: { type: 'dots', size: 14 } },
    Notification: { defaultProps: { withBorder: false, radius: 'md' } },
  },
});

/** Mantine's variables, mapped to ours, in every scheme. */
export const resolver: CSSVariablesResolver = () => {
  const v = {
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-default': 'var(--card)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-error': 'var(--error)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
    '--mantine-primary-color-light': 'var(--accent-soft)',
    '--mantine-primary-color-light-color': 'var(--accent-ink)',
    '--mantine-color-anchor': 'var(--accent-ink)',
  };
  return { variables: v, light: v, dark: v };
};
